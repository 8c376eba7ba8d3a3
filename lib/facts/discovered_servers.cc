#include "facts/discovered_servers.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "facts/event_catalogue.h"
#include "facts/host_name.h"

namespace exaudit::facts {

namespace {

constexpr std::size_t kMaxServers = 1000;  // an event holds 32 KB of text; DSAccess works with some ten
// Behind the roles stand seven numbers or more; a copy may have lost the last ones.
constexpr std::size_t kFewestNumbers = 3;
constexpr std::size_t kProcessStrings = 2;  // name and PID
constexpr std::uint32_t kGlobalCatalogPort = 1;

bool is_role(char c, char letter) { return c == '-' || base::ascii_upper(c) == letter; }

bool is_roles(std::string_view word) {
  return word.size() == 3 && is_role(word[0], 'C') && is_role(word[1], 'D') && is_role(word[2], 'G');
}

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(kSpace), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// "In-site:", or a colon alone behind a blank; in Chinese and Japanese texts a wide one.
bool ends_heading(std::string_view word) { return word.ends_with(':') || word.ends_with("\xEF\xBC\x9A"); }

class Reader {
 public:
  // `others`: without headings, the rows are those of other sites.
  void read(std::string_view text, bool others) {
    const auto words = words_of(text);
    headings_ = others ? 2 : 0;
    for (std::size_t i = 0; i < words.size();) {
      const std::size_t length = row_length(words, i);
      if (length == 0) {
        heading(words[i++]);
      } else {
        if (servers_.size() < kMaxServers) add(words, i);
        i += length;
      }
    }
  }

  std::vector<DiscoveredServer> take() { return std::move(servers_); }

 private:
  static bool is_number(std::string_view word) { return word.size() <= 4 && base::is_digits(word); }

  // Words of the row that begins at `at`, 0 when none does.
  static std::size_t row_length(const std::vector<std::string_view>& words, std::size_t at) {
    if (at + 1 >= words.size() || !is_roles(words[at + 1]) || !is_host_name(words[at])) return 0;
    std::size_t end = at + 2;
    while (end < words.size() && is_number(words[end])) ++end;
    return end - at - 2 < kFewestNumbers ? 0 : end - at;
  }

  // The names of the columns are separated by '|', and the sentence before them has a colon, too.
  void heading(std::string_view word) {
    if (word.find('|') != std::string_view::npos) {
      headings_ = 0;
    } else if (ends_heading(word)) {
      ++headings_;
    }
  }

  void add(const std::vector<std::string_view>& words, std::size_t at) {
    DiscoveredServer& server = servers_.emplace_back();
    server.host = words[at];
    server.in_site = headings_ < 2;
    server.global_catalog = words[at + 1][2] != '-';
    std::uint64_t number = 0;
    if (base::parse_uint(words[at + 2], number)) server.reachability = static_cast<std::uint32_t>(number);
  }

  std::vector<DiscoveredServer> servers_;
  std::size_t headings_ = 0;  // since the names of the columns
};

}  // namespace

std::optional<std::vector<DiscoveredServer>> discovered_servers(const Event& event) {
  if (!is_kind(event, EventKind::directory_topology)) return std::nullopt;
  Reader reader;
  reader.read(event.description, false);
  for (std::size_t i = 0; i < event.strings.size(); ++i) reader.read(event.strings[i], i > kProcessStrings);
  auto servers = reader.take();
  if (servers.empty()) return std::nullopt;
  return servers;
}

std::vector<std::string> global_catalogs_in_use(const std::vector<DiscoveredServer>& servers) {
  std::vector<std::string> in_site;
  std::vector<std::string> others;
  for (const DiscoveredServer& server : servers) {
    if (!server.global_catalog || (server.reachability & kGlobalCatalogPort) == 0) continue;
    auto& list = server.in_site ? in_site : others;
    const auto same = [&](const std::string& known) { return base::fold_equals(known, server.host); };
    if (std::none_of(list.begin(), list.end(), same)) list.push_back(server.host);
  }
  return in_site.empty() ? others : in_site;
}

}  // namespace exaudit::facts
