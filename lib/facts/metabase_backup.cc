#include "facts/metabase_backup.h"

#include "base/text.h"

namespace exaudit::facts {

namespace {

// Takes the last component off a path; "" when nothing is left.
std::string_view take_last(std::string_view& path) {
  while (path.ends_with('\\')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('\\');
  const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  return last;
}

bool is_called(std::string_view component, std::string_view name) {
  return base::ascii_istarts_with(component, name) &&
         (component.size() == name.size() || component[name.size()] == ' ');
}

// ".MD0"
bool has_numbered_extension(std::string_view name, std::string_view letters) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const std::string_view extension = name.substr(dot + 1);
  return base::ascii_istarts_with(extension, letters) && base::is_digits(extension.substr(letters.size()));
}

// "MetaBase_0000000123_0000000000.xml"
bool is_history_name(std::string_view name, std::string_view stem) {
  constexpr std::string_view kExtension = ".xml";
  if (!base::ascii_istarts_with(name, stem) || name.size() <= stem.size() + kExtension.size()) return false;
  const std::size_t end = name.size() - kExtension.size();
  if (!base::ascii_iequals(name.substr(end), kExtension)) return false;
  const auto versions = base::split(name.substr(stem.size(), end - stem.size()), '_');
  return versions.size() == 2 && base::is_digits(versions[0]) && base::is_digits(versions[1]);
}

}  // namespace

BackupFolder backup_folder(std::string_view path) {
  const std::string_view last = take_last(path);
  if (is_called(last, "MetaBack")) return BackupFolder::meta_back;
  if (is_called(last, "History") && base::ascii_iequals(take_last(path), "inetsrv"))
    return BackupFolder::history;
  return BackupFolder::none;
}

bool is_backup_file_name(std::string_view name) {
  return has_numbered_extension(name, "MD") || is_history_name(name, "MetaBase_");
}

bool is_schema_part(std::string_view name) {
  return has_numbered_extension(name, "SC") || is_history_name(name, "MBSchema_") ||
         base::ascii_iequals(name, "MBSchema.xml");
}

}  // namespace exaudit::facts
