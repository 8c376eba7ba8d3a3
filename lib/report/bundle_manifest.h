// manifest.json of a collected bundle: from which servers, when, and whether it is whole. For people and
// their scripts; an audit reads the files themselves.
#pragma once

#include <string>
#include <vector>

namespace exaudit::report {

struct BundleManifest {
  struct Server {
    std::string address;  // URI
    std::string name;     // view or machine
    std::string file;     // below the bundle's folder; "" when nothing came
    std::uint64_t entries = 0;
    bool complete = false;
    std::string problem;  // "" when complete
  };
  std::string time;
  std::string rules;  // as selected, "" = all
  std::vector<Server> directory, smtp;
};

std::string manifest_json(const BundleManifest& manifest);
// The same for the terminal: a line for each server.
std::string manifest_text(const BundleManifest& manifest, const std::string& folder);

}  // namespace exaudit::report
