#include "readers/event_words.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "base/words.h"

namespace exaudit::readers {

namespace {

using facts::EventType;

constexpr std::size_t kMaxNameBytes = 64;  // longer cells are no names

struct ColumnName {
  std::string_view name;  // folded, without blanks
  EventField field;
};

constexpr std::array<ColumnName, 74> kColumns = {{
    {"date", EventField::date},
    {"time", EventField::time},
    {"source", EventField::source},
    {"type", EventField::type},
    {"category", EventField::category},
    {"event", EventField::id},
    {"user", EventField::user},
    {"computer", EventField::computer},
    {"description", EventField::description},
    {"eventid", EventField::id},
    {"eventtype", EventField::type},
    {"eventsource", EventField::source},
    {"eventcategory", EventField::category},
    {"level", EventField::type},
    {"dateandtime", EventField::date_time},
    {"taskcategory", EventField::category},
    {"computername", EventField::computer},
    {"username", EventField::user},
    {"timegenerated", EventField::date_time},
    {"timewritten", EventField::other},
    {"timecreated", EventField::date_time},
    {"entrytype", EventField::type},
    {"sourcename", EventField::source},
    {"providername", EventField::source},
    {"provider", EventField::source},
    {"message", EventField::description},
    {"machinename", EventField::computer},
    {"id", EventField::id},
    {"eventcode", EventField::id},
    {"leveldisplayname", EventField::type},
    {"logname", EventField::log},
    {"logfile", EventField::log},
    {"log", EventField::log},
    {"index", EventField::other},
    {"recordnumber", EventField::other},
    {"eventidentifier", EventField::other},
    {"instanceid", EventField::other},
    {"replacementstrings", EventField::other},
    {"insertionstrings", EventField::other},
    {"data", EventField::other},
    {"categorynumber", EventField::other},
    {"keywords", EventField::other},
    {"datum", EventField::date},
    {"zeit", EventField::time},
    {"uhrzeit", EventField::time},
    {"quelle", EventField::source},
    {"typ", EventField::type},
    {"kategorie", EventField::category},
    {"ereignis", EventField::id},
    {"ereigniskennung", EventField::id},
    {"ereignis-id", EventField::id},
    {"benutzer", EventField::user},
    {"beschreibung", EventField::description},
    {"heure", EventField::time},
    {"catégorie", EventField::category},
    {"événement", EventField::id},
    {"utilisateur", EventField::user},
    {"ordinateur", EventField::computer},
    {"fecha", EventField::date},
    {"hora", EventField::time},
    {"origen", EventField::source},
    {"tipo", EventField::type},
    {"categoría", EventField::category},
    {"usuario", EventField::user},
    {"equipo", EventField::computer},
    {"descripción", EventField::description},
    {"日付", EventField::date},
    {"時刻", EventField::time},
    {"ソース", EventField::source},
    {"種類", EventField::type},
    {"分類", EventField::category},
    {"イベント", EventField::id},
    {"ユーザー", EventField::user},
    {"コンピュータ", EventField::computer},
}};

// Labels as Event Viewer copies them. Written in lower case; compared by ASCII case, so accented capitals do
// not match, which is enough.
constexpr std::array<ColumnName, 47> kLabels = {{
    {"event type", EventField::type},
    {"event source", EventField::source},
    {"event category", EventField::category},
    {"event id", EventField::id},
    {"date", EventField::date},
    {"time", EventField::time},
    {"user", EventField::user},
    {"computer", EventField::computer},
    {"description", EventField::description},
    {"ereignistyp", EventField::type},
    {"ereignisquelle", EventField::source},
    {"ereigniskategorie", EventField::category},
    {"ereigniskennung", EventField::id},
    {"datum", EventField::date},
    {"zeit", EventField::time},
    {"uhrzeit", EventField::time},
    {"benutzer", EventField::user},
    {"beschreibung", EventField::description},
    {"type de l'événement", EventField::type},
    {"source de l'événement", EventField::source},
    {"catégorie de l'événement", EventField::category},
    {"id de l'événement", EventField::id},
    {"type de l’événement", EventField::type},
    {"source de l’événement", EventField::source},
    {"catégorie de l’événement", EventField::category},
    {"id de l’événement", EventField::id},
    {"heure", EventField::time},
    {"utilisateur", EventField::user},
    {"ordinateur", EventField::computer},
    {"tipo de suceso", EventField::type},
    {"origen del suceso", EventField::source},
    {"categoría del suceso", EventField::category},
    {"id. suceso", EventField::id},
    {"fecha", EventField::date},
    {"hora", EventField::time},
    {"usuario", EventField::user},
    {"equipo", EventField::computer},
    {"ereignis-id", EventField::id},
    {"イベントの種類", EventField::type},
    {"イベント ソース", EventField::source},
    {"イベント カテゴリ", EventField::category},
    {"イベント id", EventField::id},
    {"日付", EventField::date},
    {"時刻", EventField::time},
    {"ユーザー", EventField::user},
    {"コンピュータ", EventField::computer},
    {"説明", EventField::description},
}};

// Those of Windows Vista and later, as far as they differ, which read logs of old servers, too.
constexpr std::array<ColumnName, 12> kCommonLabels = {{
    {"source", EventField::source},
    {"level", EventField::type},
    {"task category", EventField::category},
    {"keywords", EventField::other},
    {"quelle", EventField::source},
    {"ebene", EventField::type},
    {"aufgabenkategorie", EventField::category},
    {"schlüsselwörter", EventField::other},
    {"niveau", EventField::type},
    {"catégorie de la tâche", EventField::category},
    {"mots clés", EventField::other},
    {"opcode", EventField::other},
}};

struct TypeWord {
  std::string_view word;  // folded
  EventType type;
  WordLanguage language;
};

// The numbers are those of EVENTLOG_*_TYPE (winnt.h).
constexpr std::array<TypeWord, 45> kTypes = {{
    {"error", EventType::error, WordLanguage::shared},  // Spanish too
    {"warning", EventType::warning, WordLanguage::english},
    {"information", EventType::information, WordLanguage::shared},  // French, Swedish
    {"success audit", EventType::audit_success, WordLanguage::english},
    {"failure audit", EventType::audit_failure, WordLanguage::english},
    {"audit success", EventType::audit_success, WordLanguage::english},
    {"audit failure", EventType::audit_failure, WordLanguage::english},
    {"successaudit", EventType::audit_success, WordLanguage::unknown},  // .NET, in every language
    {"failureaudit", EventType::audit_failure, WordLanguage::unknown},
    {"critical", EventType::error, WordLanguage::english},
    {"1", EventType::error, WordLanguage::unknown},
    {"2", EventType::warning, WordLanguage::unknown},
    {"4", EventType::information, WordLanguage::unknown},
    {"8", EventType::audit_success, WordLanguage::unknown},
    {"16", EventType::audit_failure, WordLanguage::unknown},
    {"fehler", EventType::error, WordLanguage::foreign},
    {"warnung", EventType::warning, WordLanguage::foreign},
    {"informationen", EventType::information, WordLanguage::foreign},
    {"erfolgsüberw.", EventType::audit_success, WordLanguage::foreign},
    {"fehlerüberw.", EventType::audit_failure, WordLanguage::foreign},
    {"erfolgsüberwachung", EventType::audit_success, WordLanguage::foreign},
    {"fehlerüberwachung", EventType::audit_failure, WordLanguage::foreign},
    {"erreur", EventType::error, WordLanguage::foreign},
    {"avertissement", EventType::warning, WordLanguage::foreign},
    {"informations", EventType::information, WordLanguage::foreign},
    {"audit des succès", EventType::audit_success, WordLanguage::foreign},
    {"audit des échecs", EventType::audit_failure, WordLanguage::foreign},
    {"advertencia", EventType::warning, WordLanguage::foreign},
    {"información", EventType::information, WordLanguage::foreign},
    {"errore", EventType::error, WordLanguage::foreign},
    {"avviso", EventType::warning, WordLanguage::foreign},
    {"informazioni", EventType::information, WordLanguage::foreign},
    {"erro", EventType::error, WordLanguage::foreign},
    {"aviso", EventType::warning, WordLanguage::foreign},
    {"informações", EventType::information, WordLanguage::foreign},
    {"fout", EventType::error, WordLanguage::foreign},
    {"waarschuwing", EventType::warning, WordLanguage::foreign},
    {"informatie", EventType::information, WordLanguage::foreign},
    {"fel", EventType::error, WordLanguage::foreign},
    {"varning", EventType::warning, WordLanguage::foreign},
    {"エラー", EventType::error, WordLanguage::foreign},
    {"警告", EventType::warning, WordLanguage::foreign},
    {"情報", EventType::information, WordLanguage::foreign},
    {"成功の監査", EventType::audit_success, WordLanguage::foreign},
    {"失敗の監査", EventType::audit_failure, WordLanguage::foreign},
}};

// Length of `name`, the blanks behind it and a colon at the beginning of `text`; 0 when they are not there.
std::size_t label_length(std::string_view text, std::string_view name) {
  constexpr std::string_view kWideColon = "：";
  if (!base::ascii_istarts_with(text, name)) return 0;
  std::size_t at = name.size();
  while (const std::size_t blank = base::blank_length(text.substr(at))) at += blank;
  const std::string_view rest = text.substr(at);
  if (rest.starts_with(':')) return at + 1;
  return rest.starts_with(kWideColon) ? at + kWideColon.size() : 0;
}

const TypeWord* find_type(std::string_view word) {
  word = base::trim(word);
  if (word.size() > kMaxNameBytes) return nullptr;
  const std::string folded = base::fold(word);
  const auto* found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeWord& t) { return t.word == folded; });
  return found == kTypes.end() ? nullptr : found;
}

}  // namespace

std::optional<EventField> event_column(std::string_view name) {
  if (name.size() > kMaxNameBytes) return std::nullopt;
  std::string folded;
  base::fold_to(name, folded);
  std::erase_if(folded, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
  const auto* found =
      std::find_if(kColumns.begin(), kColumns.end(), [&](const ColumnName& c) { return c.name == folded; });
  if (found == kColumns.end()) return std::nullopt;
  return found->field;
}

std::optional<EventLabel> event_label(std::string_view text) {
  for (const ColumnName& label : kLabels) {
    if (const std::size_t length = label_length(text, label.name)) return EventLabel{label.field, length};
  }
  for (const ColumnName& label : kCommonLabels) {
    if (const std::size_t length = label_length(text, label.name))
      return EventLabel{label.field, length, true};
  }
  return std::nullopt;
}

EventType event_type(std::string_view word) {
  const TypeWord* found = find_type(word);
  return found != nullptr ? found->type : EventType::unknown;
}

WordLanguage event_type_language(std::string_view word) {
  const TypeWord* found = find_type(word);
  return found != nullptr ? found->language : WordLanguage::unknown;
}

}  // namespace exaudit::readers
