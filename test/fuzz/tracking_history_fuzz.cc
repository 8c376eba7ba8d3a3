#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "fuzz/targets.h"
#include "readers/readers.h"
#include "readers/tracking_history.h"

// A history has at least one known step, and steps in the order of the lines.
void exaudit::fuzz::tracking_history(std::string_view bytes) {
  using facts::TrackingStep;
  facts::Input input;
  const facts::TrackingHistory history = readers::read_tracking_history(bytes, 1, input);
  std::uint32_t before = 1;
  for (const facts::TrackingLine& line : history.lines) {
    if (line.text.empty() || line.line < before) std::abort();
    if (!line.recipient.empty() && line.step != TrackingStep::delivered_locally) std::abort();
    before = line.line;
  }
  const bool known = std::any_of(history.lines.begin(), history.lines.end(),
                                 [](const auto& line) { return line.step != TrackingStep::other; });
  if (known == history.lines.empty()) std::abort();
  if (readers::looks_like_tracking_history(base::decode_text(bytes).text) == history.lines.empty())
    std::abort();
}
