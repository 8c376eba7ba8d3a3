#include <string>
#include <utility>

#include "audit/audit.h"
#include "base/buffer.h"
#include "facts/directory_view.h"
#include "fuzz/targets.h"
#include "model/listing.h"
#include "readers/readers.h"

// The whole way of an export: reader, view, organization, rules, causes, remedies, listing.
void exaudit::fuzz::ldif(std::string_view bytes) {
  facts::Snapshot snapshot;
  facts::ViewBuilder builder("directory");
  // A NUL followed by "---" cuts the input into files of one folder.
  constexpr std::string_view kCut("\0---", 4);
  while (true) {
    const std::size_t cut = bytes.find(kCut);
    const auto id = static_cast<facts::InputId>(snapshot.inputs.size());
    facts::Input& input = snapshot.inputs.emplace_back();
    input.kind = facts::InputKind::ldif;
    input.path = "file" + std::to_string(id);
    const auto buffer = base::buffer_from(std::string(bytes.substr(0, cut)));
    builder.begin_input(id, input.path, buffer);
    readers::read_ldif(buffer, id, input, builder);
    if (cut == std::string_view::npos || snapshot.inputs.size() >= 8) break;
    bytes.remove_prefix(cut + kCut.size());
  }
  snapshot.views = builder.finish(snapshot.inputs);
  const auto result = audit::run(snapshot, {});
  if (!result) return;
  const auto listed = audit::list(snapshot, {}, "all");
  for (const auto& finding : result->findings) {
    for (const auto& evidence : finding.evidence) {
      if (evidence.at.input != facts::kNoInput && evidence.at.input >= snapshot.inputs.size())
        __builtin_trap();
    }
  }
}
