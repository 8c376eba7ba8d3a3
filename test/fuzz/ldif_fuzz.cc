#include <string>
#include <utility>

#include "audit/audit.h"
#include "base/buffer.h"
#include "facts/directory_view.h"
#include "fuzz/targets.h"
#include "model/listing.h"
#include "readers/readers.h"
#include "support/reading_picture.h"

namespace {

using namespace exaudit;  // NOLINT(google-build-using-namespace)

// A NUL followed by "---" cuts the input into files of one folder.
facts::Snapshot read(std::string_view bytes, const readers::LdifOptions& options) {
  facts::Snapshot snapshot;
  facts::ViewBuilder builder("directory");
  constexpr std::string_view kCut("\0---", 4);
  while (true) {
    const std::size_t cut = bytes.find(kCut);
    const auto id = static_cast<facts::InputId>(snapshot.inputs.size());
    facts::Input& input = snapshot.inputs.emplace_back();
    input.kind = facts::InputKind::ldif;
    input.path = "file" + std::to_string(id);
    const auto buffer = base::buffer_from(std::string(bytes.substr(0, cut)));
    builder.begin_input(id, input.path, buffer);
    readers::read_ldif(buffer, id, input, builder, options);
    if (cut == std::string_view::npos || snapshot.inputs.size() >= 8) break;
    bytes.remove_prefix(cut + kCut.size());
  }
  snapshot.views = builder.finish(snapshot.inputs);
  return snapshot;
}

std::string picture_of(const facts::Snapshot& snapshot) {
  std::string out;
  for (const facts::Input& input : snapshot.inputs) out += test::picture_of(input);
  for (const facts::DirectoryView& view : snapshot.views) out += test::picture_of(view);
  return out;
}

}  // namespace

// The whole way of an export: reader, view, organization, rules, causes, remedies, listing. The fast way
// through it, in pieces as small as can be, gives what the careful reader gives.
void exaudit::fuzz::ldif(std::string_view bytes) {
  readers::LdifOptions options;
  options.chunk_bytes = 1;
  const facts::Snapshot snapshot = read(bytes, options);
  options.careful = true;
  if (picture_of(read(bytes, options)) != picture_of(snapshot)) __builtin_trap();
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
