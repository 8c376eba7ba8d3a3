#include "collectors/bundle.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "collectors/evidence.h"
#include "readers/smtp_transcript.h"

namespace exaudit::collectors {

namespace {

namespace fs = std::filesystem;

base::Error failure(const std::string& path, const std::error_code& reason) {
  return {base::ErrorCode::io,
          fmt::format("'{}' cannot be written: {}", base::visible(path), reason.message()), 0};
}

std::optional<base::Error> make_folder(const fs::path& path) {
  std::error_code reason;
  fs::create_directories(path, reason);
  if (!reason) fs::permissions(path, fs::perms::owner_all, reason);
  return reason ? std::optional(failure(path.string(), reason)) : std::nullopt;
}

std::optional<base::Error> write_file(const fs::path& path, std::string_view bytes) {
  base::Spool file(path.string());
  file.append(bytes);
  const auto written = file.finish();
  return written ? std::nullopt : std::optional(written.error());
}

// A machine is named by evidence: only what is a plain name becomes a folder.
std::string folder_name(std::string_view machine) {
  std::string out;
  for (const char c : machine.substr(0, 64)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || (c == '.' && !out.empty());
    out += plain ? c : '_';
  }
  return out.empty() ? "unknown" : out;
}

}  // namespace

bool Bundle::complete() const {
  return std::all_of(views.begin(), views.end(),
                     [](const BundleView& view) { return view.view.report.complete; }) &&
         std::all_of(probes.begin(), probes.end(),
                     [](const BundleProbe& probe) { return probe.problem.empty(); });
}

bool Bundle::anything() const {
  return std::any_of(views.begin(), views.end(),
                     [](const BundleView& view) { return view.view.report.entries > 0; }) ||
         std::any_of(probes.begin(), probes.end(),
                     [](const BundleProbe& probe) { return !probe.file.empty(); });
}

BundleFolder::BundleFolder(std::string folder, std::string partial)
    : folder_(std::move(folder)), partial_(std::move(partial)) {}

BundleFolder::BundleFolder(BundleFolder&& other) noexcept
    : folder_(std::move(other.folder_)), partial_(std::exchange(other.partial_, {})) {}

BundleFolder::~BundleFolder() {
  std::error_code ignored;
  if (!partial_.empty()) fs::remove_all(partial_, ignored);
}

base::Result<BundleFolder> BundleFolder::make(const std::string& folder) {
  std::string name = folder;
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  std::error_code reason;
  if (fs::exists(fs::symlink_status(name, reason)))
    return base::Error{base::ErrorCode::usage, fmt::format("'{}' exists already", base::visible(name)), 0};
  const std::string partial = name + ".partial";
  // An earlier run that was killed may have left it; two runs at once must not mix.
  if (!fs::create_directory(partial, reason)) {
    if (reason) return failure(partial, reason);
    return base::Error{
        base::ErrorCode::usage,
        fmt::format(
            "'{}' is there from an interrupted collection, or another one is under way: remove it first",
            base::visible(partial)),
        0};
  }
  fs::permissions(partial, fs::perms::owner_all, reason);
  return BundleFolder(std::move(name), partial);
}

base::Result<Bundle> BundleFolder::collect(const DirectorySources& directory, const SmtpProbeOptions& smtp,
                                           Network& network) {
  Bundle out;
  UniqueNames names;
  for (const auto& candidates : directory.servers) {
    std::optional<base::Error> error;
    std::string file;
    auto view = collect_view(directory, candidates, names, [&](const std::string& name) {
      const std::string folder = fmt::format("directory/{}", name);
      error = make_folder(fs::path(partial_) / folder);
      file = folder + "/exchange.ldf";
      return LdifOutput((fs::path(partial_) / file).string());
    });
    if (error) return *error;
    if (!view) return view.error();
    out.views.push_back({std::move(*view), file});
  }
  if (auto error = add_probes(smtp, network, out)) return *error;
  return out;
}

std::optional<base::Error> BundleFolder::add_probes(const SmtpProbeOptions& options, Network& network,
                                                    Bundle& bundle) {
  const auto probes = probe_all(options, network);
  // Whose greeting it is, is decided as in a live audit.
  Evidence evidence;
  add_smtp_probes(options, probes, evidence);
  for (std::size_t i = 0; i < probes.size(); ++i) {
    const std::string machine = evidence.input(static_cast<facts::InputId>(i)).machine;
    BundleProbe out{options.targets[i], machine, "", probes[i].problem};
    std::string transcript = probes[i].transcript;
    if (!probes[i].problem.empty()) {
      if (!transcript.empty() && !transcript.ends_with('\n')) transcript += "\r\n";
      transcript += std::string(readers::kNotHeard) + base::visible(probes[i].problem) + "\r\n";
    }
    if (!transcript.empty()) {
      const std::string folder =
          fmt::format("servers/{}", folder_name(machine.empty() ? out.target.host : machine));
      if (auto error = make_folder(fs::path(partial_) / folder)) return error;
      const auto same =
          std::count_if(bundle.probes.begin(), bundle.probes.end(),
                        [&](const BundleProbe& other) { return other.file.starts_with(folder + "/"); });
      out.file = same == 0 ? folder + "/ehlo.txt" : fmt::format("{}/ehlo-{}.txt", folder, same + 1);
      if (auto error = write_file(fs::path(partial_) / out.file, transcript)) return error;
    }
    bundle.probes.push_back(std::move(out));
  }
  return std::nullopt;
}

std::optional<base::Error> BundleFolder::finish(std::string_view manifest) {
  if (auto error = write_file(fs::path(partial_) / "manifest.json", manifest)) return error;
  std::error_code reason;
  if (fs::exists(fs::symlink_status(folder_, reason)))
    return base::Error{base::ErrorCode::io, fmt::format("'{}' exists already", base::visible(folder_)), 0};
  fs::rename(partial_, folder_, reason);
  if (reason) return failure(folder_, reason);
  partial_.clear();
  return std::nullopt;
}

}  // namespace exaudit::collectors
