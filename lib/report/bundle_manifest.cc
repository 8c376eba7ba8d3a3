#include "report/bundle_manifest.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace exaudit::report {

namespace {

using Json = nlohmann::ordered_json;

Json servers_json(const std::vector<BundleManifest::Server>& servers, bool directory) {
  Json out = Json::array();
  for (const BundleManifest::Server& server : servers) {
    Json row;
    row["address"] = base::to_valid_utf8(server.address);
    row[directory ? "view" : "machine"] = base::to_valid_utf8(server.name);
    row["file"] = server.file.empty() ? Json() : Json(server.file);
    if (directory) row["entries"] = server.entries;
    row["complete"] = server.complete;
    row["problem"] = server.problem.empty() ? Json() : Json(base::to_valid_utf8(server.problem));
    out.push_back(std::move(row));
  }
  return out;
}

bool complete(const BundleManifest& manifest) {
  for (const auto* servers : {&manifest.directory, &manifest.smtp}) {
    for (const BundleManifest::Server& server : *servers) {
      if (!server.complete) return false;
    }
  }
  return true;
}

}  // namespace

std::string manifest_json(const BundleManifest& manifest) {
  Json out;
  out["format"] = "exaudit-bundle";
  out["version"] = 1;
  out["tool"] = {{"name", "exaudit"}, {"version", EXAUDIT_VERSION}};
  out["collected"] = manifest.time;
  out["rules"] = manifest.rules.empty() ? Json() : Json(manifest.rules);
  out["complete"] = complete(manifest);
  out["directory"] = servers_json(manifest.directory, true);
  out["smtp"] = servers_json(manifest.smtp, false);
  return out.dump(2) + "\n";
}

std::string manifest_text(const BundleManifest& manifest, const std::string& folder) {
  std::string out;
  for (const auto* servers : {&manifest.directory, &manifest.smtp}) {
    for (const BundleManifest::Server& server : *servers) {
      out += fmt::format("{}: {}", base::visible(server.address),
                         server.file.empty() ? "nothing" : folder + "/" + server.file);
      if (servers == &manifest.directory) out += fmt::format(": {} entries", server.entries);
      out += server.complete ? "\n" : fmt::format(", INCOMPLETE: {}\n", base::visible(server.problem));
    }
  }
  return out;
}

}  // namespace exaudit::report
