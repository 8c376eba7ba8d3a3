#include "collectors/evidence.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/readers.h"

namespace exaudit::collectors {

bool UniqueNames::taken(std::string_view name) const { return last_.count(base::fold(name)) != 0; }

std::string UniqueNames::take(std::string wanted) {
  const auto [at, is_new] = last_.emplace(base::fold(wanted), 1);
  if (is_new) return wanted;
  std::size_t& number = at->second;  // stays valid: nodes do not move
  std::string name;
  do {
    name = fmt::format("{} ({})", wanted, ++number);
  } while (!last_.emplace(base::fold(name), 1).second);
  return name;
}

facts::InputId Evidence::add_input(facts::Input input) {
  inputs_.push_back(std::move(input));
  return static_cast<facts::InputId>(inputs_.size() - 1);
}

void Evidence::add_views(facts::ViewBuilder& builder, std::string_view name) {
  bool first = true;
  for (facts::DirectoryView& view : builder.finish(inputs_, reading_->threads)) {
    if (view.inputs.empty()) continue;  // every input has become a view of its own
    // `name` is taken already, by the view that has it.
    if (!std::exchange(first, false) || view.name != name) view.name = view_names_.take(std::move(view.name));
    for (const facts::ViewInput& part : view.inputs) inputs_[part.id].view = view.name;
    views_.push_back(std::move(view));
  }
}

void Evidence::read_ldif(facts::InputId id, const base::BufferPtr& buffer, std::string own_name,
                         facts::ViewBuilder& builder) {
  readers::LdifOptions options;
  options.threads = reading_->threads;
  options.bytes_read = &reading_->bytes_read;
  options.stop = reading_->stop;
  builder.begin_input(id, std::move(own_name), buffer);
  readers::read_ldif(buffer, id, input(id), builder, options);
}

facts::MachineFacts& Evidence::owner(facts::InputId id, std::string_view hint) {
  facts::Input& input = inputs_[id];
  if (input.machine.empty()) {
    input.machine = hint;
    input.unattributed = hint.empty();
  }
  return machine(input.machine);
}

facts::Snapshot Evidence::finish() && {
  facts::Snapshot snapshot;
  snapshot.machines = std::move(machines_).finish(inputs_);
  snapshot.views = std::move(views_);
  snapshot.inputs = std::move(inputs_);
  return snapshot;
}

}  // namespace exaudit::collectors
