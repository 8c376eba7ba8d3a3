// What live servers said, saved as a folder that can be audited later, elsewhere, with the same result:
//
//   FOLDER/manifest.json                         what it is, from when, and whether it is whole
//   FOLDER/directory/dc1.contoso.test/exchange.ldf
//   FOLDER/servers/MAIL1/ehlo.txt
//
// It is written beside its place under a name that ends in ".partial" and renamed at the end: a folder with
// the right name was collected to the end, though a server in it may not have been (the manifest says so).
// Only this user can read it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "collectors/directory_sources.h"
#include "collectors/smtp_probe.h"

namespace exaudit::collectors {

struct BundleView {
  CollectedView view;
  std::string file;  // below the folder
};

struct BundleProbe {
  SmtpTarget target;
  std::string machine;
  std::string file;     // "" when the server said nothing
  std::string problem;  // "" when the reply is whole
};

struct Bundle {
  std::vector<BundleView> views;
  std::vector<BundleProbe> probes;

  bool complete() const;
  bool anything() const;  // some server answered
};

class BundleFolder {
 public:
  // An error when the folder exists or cannot be made.
  static base::Result<BundleFolder> make(const std::string& folder);
  // Removes what was not finished.
  ~BundleFolder();
  BundleFolder(BundleFolder&& other) noexcept;
  BundleFolder& operator=(BundleFolder&&) = delete;
  BundleFolder(const BundleFolder&) = delete;

  base::Result<Bundle> collect(const DirectorySources& directory, const SmtpProbeOptions& smtp,
                               Network& network);
  // Writes the manifest and gives the folder its name.
  std::optional<base::Error> finish(std::string_view manifest);

 private:
  BundleFolder(std::string folder, std::string partial);
  std::optional<base::Error> add_probes(const SmtpProbeOptions& options, Network& network, Bundle& bundle);

  std::string folder_, partial_;
};

}  // namespace exaudit::collectors
