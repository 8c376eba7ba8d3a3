// `exaudit explain KB828938.gateway-missing` prints the rule's section of its article's page, `exaudit
// explain 828938` the whole page, `exaudit explain event 326` what this symptom points to.
#include <algorithm>

#include <fmt/format.h>

#include "base/embedded.h"
#include "base/text.h"
#include "commands.h"
#include "report/symptoms_report.h"
#include "rules/symptoms.h"
#include "terminal.h"

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

// "828938" of "828938", "kb828938", "kb 828938" and "q828938"; "" when it is none of these.
std::string article_number(std::string_view name) {
  if (name.starts_with("kb")) {
    name.remove_prefix(2);
  } else if (name.starts_with('q')) {
    name.remove_prefix(1);
  }
  name = base::trim(name);
  return base::is_digits(name) ? std::string(name) : std::string();
}

// The page of an article, or the section of a rule; "" when the word is neither.
std::string_view page_of(const std::string& word) {
  const std::string name = base::ascii_lowered(word);
  const std::string article = "kb" + article_number(name);
  for (const Page& page : pages()) {
    if (page.stem == name || page.stem == article) return page.text;
  }
  for (const Page& page : pages()) {
    const std::string_view text = section(page.text, name);
    if (!text.empty()) return text;
  }
  return {};
}

std::size_t text_width() {
  constexpr std::size_t kNarrow = 72;
  constexpr std::size_t kWide = 110;
  return std::clamp(terminal_width(), kNarrow, kWide);
}

}  // namespace

int run_explain(const Invocation& invocation) {
  const bool json = invocation.report.format == Format::json;
  const std::string query = fmt::format("{}", fmt::join(invocation.words, " "));
  if (const std::string_view page = page_of(query); !page.empty())
    return print(invocation.report.file, json ? report::page_json(query, page) : std::string(page));
  const auto symptoms = rules::find_symptoms(query);
  if (symptoms.empty()) {
    return usage_error(fmt::format("'{}' is no rule and no article, and no known symptom{}; {}",
                                   base::visible(query), did_you_mean(query, known_names()),
                                   report::symptoms_hint()));
  }
  return print(invocation.report.file,
               json ? report::symptoms_json(query, symptoms) : report::symptoms_text(symptoms, text_width()));
}

}  // namespace exaudit::cmd
