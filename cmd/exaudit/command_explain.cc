// `exaudit explain KB828938.gateway-missing` prints the rule's section of its article's page, `exaudit
// explain 828938` the whole page.
#include <fmt/format.h>

#include "base/embedded.h"
#include "base/text.h"
#include "commands.h"
#include "rules/rule.h"

namespace exaudit::cmd {

namespace {

struct Page {
  std::string stem;  // "kb828938"
  std::string_view text;
};

std::vector<Page> pages() {
  constexpr std::string_view kSuffix = ".md";
  std::vector<Page> out;
  for (const base::EmbeddedFile& file : base::rule_files()) {
    if (!file.name.ends_with(kSuffix)) continue;
    out.push_back({base::ascii_lowered(file.name.substr(0, file.name.size() - kSuffix.size())), file.bytes});
  }
  return out;
}

// The title of a heading of the first or second level, without back quotes; "" for any other line.
std::string_view title_of(std::string_view line) {
  if (!line.starts_with("## ") && !line.starts_with("# ")) return {};
  std::string_view title = base::trim(line.substr(line.find(' ')));
  if (title.size() > 1 && title.front() == '`' && title.back() == '`')
    title = title.substr(1, title.size() - 2);
  return title;
}

// The section under "## <rule id>", up to the next heading of its level or above; "" when the page has none.
std::string_view section(std::string_view page, std::string_view rule) {
  base::LineCursor lines(page);
  std::string_view line;
  std::size_t begin = std::string_view::npos;
  bool code = false;  // in a fenced block, where # is a comment
  while (lines.next(line)) {
    if (line.starts_with("```")) code = !code;
    const std::string_view title = code ? std::string_view() : title_of(line);
    if (title.empty()) continue;
    const auto at = static_cast<std::size_t>(line.data() - page.data());
    if (begin != std::string_view::npos) return page.substr(begin, at - begin);
    if (line.starts_with("## ") && base::ascii_iequals(title, rule)) begin = at;
  }
  return begin == std::string_view::npos ? std::string_view() : page.substr(begin);
}

std::vector<std::string> known_names() {
  std::vector<std::string> out;
  for (const rules::Rule* rule : rules::all_rules()) out.emplace_back(rule->id);
  for (const Page& page : pages()) {
    out.push_back(page.stem.starts_with("kb") ? base::ascii_uppered(page.stem) : page.stem);
  }
  return out;
}

}  // namespace

int run_explain(const Invocation& invocation) {
  const std::string word = base::ascii_lowered(invocation.words.front());
  for (const Page& page : pages()) {
    if (page.stem == word || page.stem == "kb" + word) return print(invocation.report.file, page.text);
  }
  for (const Page& page : pages()) {
    const std::string_view text = section(page.text, word);
    if (!text.empty()) return print(invocation.report.file, text);
  }
  return usage_error(fmt::format("'{}' is no rule and no article{}", base::visible(invocation.words.front()),
                                 did_you_mean(invocation.words.front(), known_names())));
}

}  // namespace exaudit::cmd
