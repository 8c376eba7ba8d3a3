#include "rules/symptoms.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "base/embedded.h"
#include "base/text.h"
#include "base/words.h"

namespace exaudit::rules {

namespace {

constexpr std::size_t kColumns = 6;
constexpr std::size_t kMaxQueryBytes = 1000;  // a pasted event text; more words tell nothing more

// Words that complaints are full of.
constexpr std::array<std::string_view, 43> kFillers = {
    "a",      "an",   "and",   "are",  "as",   "at",   "be",  "by",   "code", "could", "error",
    "event",  "for",  "from",  "has",  "have", "in",   "is",  "it",   "my",   "of",    "on",
    "or",     "our",  "s",     "that", "the",  "to",   "was", "we",   "with", "id",    "can",
    "cannot", "keep", "keeps", "get",  "gets", "this", "you", "they", "all",  "i"};

base::Error syntax(unsigned long line, std::string message) {
  return {base::ErrorCode::syntax, fmt::format("symptoms.tsv:{}: {}", line, message), line};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  const auto finish = [&] {
    while (!word.empty() && (word.back() == '.' || word.back() == '-')) word.pop_back();
    if (!word.empty()) out.push_back(word);
    word.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    // Word processors write a minus sign, or a hyphen within a word, as one dash or another.
    const std::size_t dash = base::dash_length(text.substr(at));
    const char c = dash > 0 ? '-' : text[at];
    at += std::max<std::size_t>(dash, 1);
    const char l = base::ascii_lower(c);
    const bool letter =
        (l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (letter || ((c == '.' || c == '-') && !word.empty()) || (word.empty() && c == '-')) {
      word += l;
    } else {
      finish();
    }
  }
  finish();
  return out;
}

bool is_filler(std::string_view word) {
  return std::find(kFillers.begin(), kFillers.end(), word) != kFillers.end();
}

bool same_word(std::string_view a, std::string_view b) {
  constexpr std::size_t kStem = 4;
  if (a == b) return true;
  return std::min(a.size(), b.size()) >= kStem && (a.starts_with(b) || b.starts_with(a));
}

bool has_word(const std::vector<std::string>& words, std::string_view wanted) {
  return std::any_of(words.begin(), words.end(), [&](const auto& word) { return same_word(word, wanted); });
}

std::optional<std::uint32_t> event_id(std::string_view word) {
  std::uint64_t value = 0;
  if (!base::is_digits(word) || !base::parse_uint(word, value) || value > 0xFFFFU) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

struct Query {
  std::vector<std::string> words;    // without numbers and fillers
  std::vector<std::string> numbers;  // as written
  bool events_only = false, codes_only = false;
};

Query parse_query(std::string_view text) {
  Query out;
  for (std::string& word : words_of(text.substr(0, kMaxQueryBytes))) {
    if (word == "event") out.events_only = true;
    if (word == "error" || word == "code") out.codes_only = true;
    if (!code_values(word).empty()) {
      out.numbers.push_back(std::move(word));
    } else if (!is_filler(word)) {
      out.words.push_back(std::move(word));
    }
  }
  if (out.events_only && out.codes_only) out.events_only = out.codes_only = false;
  return out;
}

constexpr int kNumberScore = 100;
constexpr int kWordScore = 10;

int words_in(const Query& query, const std::vector<std::string>& row) {
  return static_cast<int>(std::count_if(query.words.begin(), query.words.end(),
                                        [&](const auto& word) { return has_word(row, word); }));
}

int event_score(const Query& query, const Symptom& symptom) {
  const auto row = words_of(symptom.value);
  bool id = query.numbers.empty();
  for (const std::string& number : query.numbers) {
    const auto asked = event_id(number);
    id = id ||
         (asked && std::any_of(row.begin(), row.end(), [&](const auto& w) { return event_id(w) == asked; }));
  }
  const int words = words_in(query, row);
  if (query.codes_only && words == 0) return 0;  // a copied text names its source and its error
  if (!id || (query.numbers.empty() && words == 0)) return 0;
  if (query.numbers.empty()) return words == static_cast<int>(query.words.size()) ? words * kWordScore : 0;
  return kNumberScore + words * kWordScore;
}

int code_score(const Query& query, const Symptom& symptom) {
  const auto values = code_values(symptom.value);
  for (const std::string& number : query.numbers) {
    for (const std::uint32_t asked : code_values(number)) {
      if (std::find(values.begin(), values.end(), asked) != values.end())
        return kNumberScore + kWordScore / 2;
    }
  }
  return 0;
}

int phrase_score(const Query& query, const Symptom& symptom) {
  if (query.words.empty() && query.numbers.empty()) return 0;
  std::vector<std::string> row = words_of(symptom.value);
  std::erase_if(row, [](const std::string& word) { return is_filler(word); });
  std::vector<std::string> asked = query.words;
  asked.insert(asked.end(), query.numbers.begin(), query.numbers.end());
  const auto found = static_cast<std::size_t>(
      std::count_if(asked.begin(), asked.end(), [&](const auto& word) { return has_word(row, word); }));
  const auto covered = static_cast<std::size_t>(
      std::count_if(row.begin(), row.end(), [&](const auto& word) { return has_word(asked, word); }));
  const bool all = found == asked.size();
  const bool half = row.size() > 1 && covered * 2 >= row.size();
  if (found == 0 || (!all && !half)) return 0;
  return static_cast<int>(found) * kWordScore + static_cast<int>(covered * kWordScore / row.size());
}

int article_score(const Query& query, const Symptom& symptom) {
  for (const auto* list : {&query.numbers, &query.words}) {
    for (std::string_view word : *list) {
      if (word.starts_with("kb")) {
        word.remove_prefix(2);
      } else if (word.starts_with("q")) {  // as articles were numbered until 2002
        word.remove_prefix(1);
      }
      if (std::find(symptom.articles.begin(), symptom.articles.end(), word) != symptom.articles.end())
        return kNumberScore - 1;
    }
  }
  return 0;
}

int score(const Query& query, const Symptom& symptom) {
  const int article = article_score(query, symptom);
  if (article != 0) return article;
  switch (symptom.kind) {
    case SymptomKind::event:
      return event_score(query, symptom);
    case SymptomKind::code:
      return query.events_only ? 0 : code_score(query, symptom);
    case SymptomKind::phrase:
      return phrase_score(query, symptom);
  }
  return 0;
}

std::vector<const Symptom*> matches(const Query& query) {
  std::vector<std::pair<int, const Symptom*>> found;
  for (const Symptom& symptom : built_in_symptoms()) {
    if (const int value = score(query, symptom); value > 0) found.emplace_back(value, &symptom);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const Symptom*> out;
  for (const auto& [value, symptom] : found) out.push_back(symptom);
  return out;
}

base::Result<std::vector<const Rule*>> parse_rules(std::string_view text, unsigned long line) {
  std::vector<const Rule*> out;
  for (const std::string_view name : base::split(text, ' ')) {
    if (name == "-" || name.empty()) continue;
    const bool family = name.ends_with('*');
    const std::string_view prefix = family ? name.substr(0, name.size() - 1) : name;
    const std::size_t before = out.size();
    for (const Rule* rule : all_rules()) {
      if (rule->id == name || (family && rule->id.starts_with(prefix))) out.push_back(rule);
    }
    if (out.size() == before) return syntax(line, fmt::format("there is no rule {}", name));
  }
  return out;
}

base::Result<Symptom> parse_row(const std::vector<std::string_view>& fields, unsigned long line) {
  if (fields.size() != kColumns)
    return syntax(line, fmt::format("{} columns instead of {}", fields.size(), kColumns));
  Symptom out;
  bool known = false;
  for (const SymptomKind kind : {SymptomKind::event, SymptomKind::code, SymptomKind::phrase}) {
    if (symptom_kind_name(kind) != fields[0]) continue;
    out.kind = kind;
    known = true;
  }
  if (!known) return syntax(line, fmt::format("there is no kind \"{}\"", base::visible(fields[0])));
  out.value = fields[1];
  if (out.kind == SymptomKind::code && code_values(out.value).empty())
    return syntax(line, "the code is no number");
  for (const std::string_view article : base::split(fields[2], ' ')) out.articles.emplace_back(article);
  auto rules = parse_rules(fields[3], line);
  if (!rules) return rules.error();
  out.rules = std::move(*rules);
  out.meaning = fields[4];
  if (fields[5] != "-") out.look_alikes = fields[5];
  return out;
}

}  // namespace

std::string_view symptom_kind_name(SymptomKind kind) {
  switch (kind) {
    case SymptomKind::event:
      return "event";
    case SymptomKind::code:
      return "code";
    case SymptomKind::phrase:
      return "phrase";
  }
  return "";
}

base::Result<std::vector<Symptom>> parse_symptoms(std::string_view tsv) {
  std::vector<Symptom> out;
  base::LineCursor lines(tsv);
  for (std::string_view line; lines.next(line);) {
    if (lines.number() == 1 || line.empty()) continue;  // the header
    auto row = parse_row(base::split(line, '\t'), lines.number());
    if (!row) return row.error();
    out.push_back(*std::move(row));
  }
  return out;
}

const std::vector<Symptom>& built_in_symptoms() {
  static const std::vector<Symptom> symptoms = [] {
    for (const base::EmbeddedFile& file : base::rule_files()) {
      if (file.name != "symptoms.tsv") continue;
      auto parsed = parse_symptoms(file.bytes);
      if (!parsed) throw std::logic_error(parsed.error().message);
      return *std::move(parsed);
    }
    throw std::logic_error("symptoms.tsv was not embedded");
  }();
  return symptoms;
}

std::vector<std::uint32_t> code_values(std::string_view text) {
  constexpr std::size_t kHexDigits = 8;
  std::vector<std::uint32_t> out;
  std::uint64_t value = 0;
  std::int64_t number = 0;
  // "80040148h" of assemblers and debuggers, "0x80040148L" of header files.
  const bool marked = text.size() > kHexDigits && (text.ends_with('h') || text.ends_with('H') ||
                                                   text.ends_with('l') || text.ends_with('L'));
  if (marked) text.remove_suffix(1);
  if (base::ascii_istarts_with(text, "0x")) {
    if (base::parse_hex(text.substr(2), value) && value <= 0xFFFF'FFFFU)
      out.push_back(static_cast<std::uint32_t>(value));
    return out;
  }
  if (base::parse_int(text, number) && number >= -0x8000'0000LL && number <= 0xFFFF'FFFFLL)
    out.push_back(static_cast<std::uint32_t>(number));
  const bool letters_too =
      out.empty() && text.size() < kHexDigits && text.find_first_of("0123456789") != std::string_view::npos;
  if ((text.size() == kHexDigits || letters_too) && base::parse_hex(text, value))
    out.push_back(static_cast<std::uint32_t>(value));
  return out;
}

std::vector<const Symptom*> find_symptoms(std::string_view query) {
  Query parsed = parse_query(query);
  auto out = matches(parsed);
  if (!out.empty() || (!parsed.events_only && !parsed.codes_only)) return out;
  parsed.events_only = parsed.codes_only = false;  // "error 326" means the event all the same
  return matches(parsed);
}

}  // namespace exaudit::rules
