// What a hostile directory server answers becomes LDIF that holds its entries and nothing else.
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "collectors/directory.h"
#include "collectors/scripted_ldap.h"
#include "fuzz/targets.h"
#include "readers/readers.h"

namespace {

using namespace exaudit;

void require(bool holds) {
  if (!holds) std::abort();
}

// Lines of "name<TAB>value<TAB>value"; a line that begins with '@' begins an entry with that DN below the
// organization. 0x01 stands for a line end, so that values can hold one.
test::ScriptedDirectory parsed(std::string_view bytes) {
  test::ScriptedDirectory out;
  out.max_values = 3;
  out.page_size = 16;
  out.sends_everything = true;
  out.entries.push_back({"",
                         {{"configurationNamingContext", {"CN=Configuration,DC=test"}},
                          {"defaultNamingContext", {"DC=test"}},
                          {"supportedControl", {"1.2.840.113556.1.4.319", "1.2.840.113556.1.4.417"}}}});
  out.entries.push_back(
      {"CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=test", {{"objectClass", {"container"}}}});
  for (const std::string_view line : base::split(bytes, '\n')) {
    std::string text(line);
    for (char& c : text) c = c == '\x01' ? '\n' : c;
    if (text.starts_with('@')) {
      out.entries.push_back(
          {text.substr(1) + ",CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=test", {}});
      continue;
    }
    const auto words = base::split(text, '\t');
    std::vector<std::string> values(words.begin() + 1, words.end());
    if (!values.empty()) out.entries.back().attributes.emplace_back(std::string(words.front()), values);
  }
  return out;
}

}  // namespace

void exaudit::fuzz::directory_answer(std::string_view bytes) {
  constexpr std::size_t kMostBytes = 4096;  // the scripted server looks at every entry for every page
  if (bytes.size() > kMostBytes) return;
  test::ScriptedDirectory directory = parsed(bytes);
  test::ScriptedLdap client(directory);
  collectors::DirectoryRequest request;
  request.uri = "ldap://dc1.contoso.test";
  request.configuration = {"cn"};
  request.recipients = {"mailNickname"};
  collectors::LdifOutput output;
  const auto report = collectors::collect_directory(client, request, output, {});
  const auto buffer = output.finish();
  require(static_cast<bool>(buffer));
  facts::Input input;
  facts::ViewBuilder builder("view");
  builder.begin_input(0, "view", *buffer);
  readers::read_ldif(*buffer, 0, input, builder);
  // Every entry became one record: a DN may be none, but no value became a record or a comment of its own.
  require(input.records + input.problems.size() + input.more_problems >= report.entries);
  require(input.records <= report.entries);
}
