#include "peer/evidence.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/text.h"
#include "facts/dn.h"
#include "ldapschema/ldapschema.h"
#include "readers/readers.h"
#include "tree.h"

namespace exaudit::test {

namespace {

struct Line {
  std::size_t number = 0;
  std::string text;  // unfolded
};

std::vector<Line> logical_lines(std::string_view text) {
  std::vector<Line> out;
  std::size_t number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(' ') && !out.empty() && !out.back().text.empty()) {
      out.back().text += line.substr(1);
    } else {
      out.push_back({number, std::string(line)});
    }
  }
  return out;
}

class ObjectReader {
 public:
  LdifObjects run(std::string_view text) {
    for (const Line& line : logical_lines(text)) {
      if (line.text.empty()) {
        end_record();
      } else if (!line.text.starts_with('#')) {
        content(line);
      }
    }
    // Without a line end nothing says that the last line is whole.
    if (!text.empty() && !text.ends_with('\n') && inside_ && !object_.attributes.empty()) {
      object_.attributes.pop_back();
      out_.left_out.push_back("the end: cut off in the middle of a line");
    }
    end_record();
    return std::move(out_);
  }

 private:
  void leave_out(const Line& line, std::string_view reason) {
    out_.left_out.push_back(fmt::format("{}: {}", line.number, reason));
  }

  void content(const Line& line) {
    const std::size_t colon = line.text.find(':');
    if (colon == std::string::npos) return leave_out(line, "not \"name: value\"");
    const std::string_view name = std::string_view(line.text).substr(0, colon);
    std::string_view rest = std::string_view(line.text).substr(colon + 1);
    const char form = rest.empty() ? ' ' : rest.front();
    if (form == '<') return leave_out(line, "a URL");
    if (form == ':') rest.remove_prefix(1);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    std::string value(rest);
    if (form == ':') {
      auto decoded = base::base64_decode(rest);
      if (!decoded) return leave_out(line, "not base64");
      value = std::move(*decoded);
    }
    add(line, name, std::move(value));
  }

  void add(const Line& line, std::string_view name, std::string value) {
    if (base::ascii_iequals(name, "dn")) {
      end_record();
      if (!facts::dn_key(value) || value.empty()) return leave_out(line, "no distinguished name");
      object_.dn = std::move(value);
      inside_ = true;
    } else if (!inside_ || base::ascii_iequals(name, "control")) {
      return;  // the version, or the end of a search
    } else if (base::ascii_iequals(name, "changetype")) {
      if (base::ascii_iequals(value, "add")) return;
      leave_out(line, "a change");
      inside_ = false;
    } else if (value.empty()) {
      leave_out(line, "an empty value");
    } else {
      object_.add(std::string(name), std::move(value));
    }
  }

  void end_record() {
    if (inside_) out_.objects.push_back(std::move(object_));
    object_ = {};
    inside_ = false;
  }

  LdifObjects out_;
  Object object_;
  bool inside_ = false;
};

using Values = std::multiset<std::string>;

// A DN as its key, everything else as it is.
std::string comparable(std::string_view attribute, const std::string& value) {
  const auto* info = ldapschema::find_attribute(attribute);
  if (!info || info->syntax != ldapschema::Syntax::dn) return value;
  return facts::dn_key(value).value_or(value);
}

std::map<std::string, Values> content_of(const Object& object, const std::vector<std::string>& ignored) {
  std::map<std::string, Values> out;
  for (const auto& [name, value] : object.attributes) {
    const bool skipped = std::any_of(ignored.begin(), ignored.end(), [&name = name](const std::string& each) {
      return base::ascii_iequals(each, name);
    });
    if (!skipped) out[base::ascii_lowered(name)].insert(comparable(name, value));
  }
  return out;
}

// Adds the objects of a file to a view; false, and nothing added, when the view says something else.
bool merge(DirectoryEvidence& view, const std::vector<Object>& objects) {
  std::map<std::string, const Object*> known;
  for (const Object& object : view.objects) known.emplace(*facts::dn_key(object.dn), &object);
  std::vector<const Object*> added;
  for (const Object& object : objects) {
    const auto [it, is_new] = known.emplace(*facts::dn_key(object.dn), &object);
    if (is_new) {
      added.push_back(&object);
    } else if (!difference(*it->second, object).empty()) {
      return false;
    }
  }
  for (const Object* object : added) view.objects.push_back(*object);
  return true;
}

}  // namespace

LdifObjects read_objects(std::string_view bytes) {
  const base::DecodedText decoded = base::decode_text(bytes);
  return ObjectReader().run(decoded.text);
}

std::string to_ldif(const std::vector<Object>& objects) {
  std::vector<const Object*> pointers;
  for (const Object& object : objects) pointers.push_back(&object);
  Random random(0);
  return write_ldif(pointers, {}, random).front();
}

std::vector<DirectoryEvidence> directory_evidence(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::map<std::string, std::vector<fs::path>> folders;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    if (readers::recognise(slurp(entry.path())) != facts::InputKind::ldif) continue;
    folders[entry.path().parent_path().lexically_relative(source_root() / "fixtures").generic_string()]
        .push_back(entry.path());
  }
  std::vector<DirectoryEvidence> out;
  for (auto& [name, paths] : folders) {
    std::sort(paths.begin(), paths.end());
    std::vector<DirectoryEvidence> views(1);
    views.front().name = name;
    for (const fs::path& path : paths) {
      const LdifObjects read = read_objects(slurp(path));
      const std::string file = path.filename().string();
      DirectoryEvidence* view = &views.front();
      if (!merge(*view, read.objects)) {
        view = &views.emplace_back();
        *view = {name + "/" + file, read.objects, {}};
      }
      for (const std::string& line : read.left_out) view->left_out.push_back(file + ":" + line);
    }
    std::move(views.begin(), views.end(), std::back_inserter(out));
  }
  return out;
}

std::vector<DirectoryEvidence> all_directory_evidence() {
  std::vector<DirectoryEvidence> out;
  for (const auto& entry : std::filesystem::directory_iterator(source_root() / "fixtures")) {
    const std::string name = entry.path().filename().string();
    if (name != "scenarios" && !name.starts_with("kb")) continue;
    auto found = directory_evidence(entry.path());
    std::move(found.begin(), found.end(), std::back_inserter(out));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

std::string difference(const Object& expected, const Object& found, const std::vector<std::string>& ignored) {
  auto left = content_of(expected, ignored);
  auto right = content_of(found, ignored);
  std::string out;
  const auto tell = [&](std::string_view mark, const std::string& name, const Values& values) {
    for (const std::string& value : values)
      out += fmt::format("{}{}: {}\n", mark, name, base::visible(value));
  };
  for (const auto& [name, values] : left) {
    if (right[name] != values) tell("expected ", name, values);
  }
  for (const auto& [name, values] : right) {
    if (left[name] != values) tell("found ", name, values);
  }
  return out;
}

}  // namespace exaudit::test
