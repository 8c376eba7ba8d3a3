// Every rule has its section in the page of its article, in the form that `exaudit explain` prints.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/embedded.h"
#include "base/text.h"

namespace {

std::string_view page(std::string_view name) {
  const auto files = exaudit::base::rule_files();
  const auto file = std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.name == name; });
  return file == files.end() ? std::string_view() : file->bytes;
}

// Headings of the levels that the form fixes; code blocks are left out.
std::vector<std::string> headings(std::string_view text, std::string_view marks) {
  std::vector<std::string> out;
  bool code = false;
  exaudit::base::LineCursor lines(text);
  for (std::string_view line; lines.next(line);) {
    if (line.starts_with("```")) code = !code;
    if (!code && line.starts_with(marks) && line.substr(marks.size()).starts_with(' '))
      out.emplace_back(line.substr(marks.size() + 1));
  }
  return out;
}

struct Page {
  std::string_view stem;
  std::vector<std::string> rules;  // in the catalogue's order
};

const Page kPages[] = {
    {"kb828938",
     {"KB828938.gateway-missing", "KB828938.gateway-name", "KB828938.gateway-class",
      "KB828938.gateway-home-mta", "KB828938.gateway-home-mdb", "KB828938.gateway-legacy-dn",
      "KB828938.gateway-delivery-mechanism", "KB828938.gateway-duplicate", "KB828938.gateway-orphan",
      "KB828938.dc-divergence", "KB828938.mailbox-missing", "KB828938.mailbox-disconnected",
      "KB828938.store-logon-failure", "KB828938.smtp-interface-failure", "KB828938.delivery-retry",
      "organization.server-removed"}},
    {"kb822939",
     {"KB822939.verbs-missing", "KB822939.auth-verbs", "KB822939.sinks-missing", "KB822939.sink-disabled",
      "KB822939.no-bindings", "KB822939.smtp-service-absent", "KB822939.imc-key", "KB822939.service-disabled",
      "KB822939.service-stopped", "KB822939.unroutable-report", "KB822939.metabase-backup"}},
    {"kb247130", {"KB247130.mta-missing", "KB247130.mta-routing-group", "KB247130.mta-start-failure"}},
    {"kb316622", {"KB316622.system-mailbox-missing", "KB316622.event-sinks-failure"}},
    {"kb277770", {"KB277770.dispatch-entries", "KB277770.service-host", "KB277770.service-start-failure"}},
    {"kb840469", {"KB840469.mta-start-failure", "KB840469.mta-disabled", "KB840469.mta-not-running"}},
    {"kb279415", {"KB279415.rpc-listen-failure", "KB279415.binding-order"}},
    {"kb285350", {"KB285350.mta-file-version"}},
    {"recipients",
     {"recipients.home-mdb-missing", "recipients.home-mdb-not-found", "recipients.home-mta-deleted",
      "recipients.home-mta-mismatch", "recipients.home-server-mismatch", "recipients.legacy-dn-missing",
      "recipients.legacy-dn-duplicate", "recipients.proxy-duplicate"}},
};

}  // namespace

TEST_CASE("pages: one section per rule, each with its five parts in order") {
  for (const auto& [stem, rules] : kPages) {
    const std::string_view this_stem = stem;  // clang 14 captures no structured binding
    CAPTURE(this_stem);
    const std::string_view text = page(fmt::format("{}.md", stem));
    REQUIRE_FALSE(text.empty());
    CHECK(exaudit::base::is_valid_utf8(text));
    CHECK(text.starts_with(stem.starts_with("kb") ? fmt::format("# KB {}: ", stem.substr(2)) : "# "));
    CHECK(headings(text, "#").size() == 1);
    CHECK(headings(text, "##") == rules);
    for (const auto& rule : rules) {
      CAPTURE(rule);
      const std::size_t start = text.find("\n## " + rule + "\n");
      REQUIRE(start != std::string_view::npos);
      const std::size_t end = text.find("\n## ", start + 1);
      const std::vector<std::string> parts = {"What it means", "How it is detected", "How to fix it",
                                              "When it is fine", "Sources"};
      CHECK(headings(text.substr(start, end - start), "###") == parts);
    }
  }
}
