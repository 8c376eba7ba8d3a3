#include "bench/synth_file.h"

#include <fstream>
#include <stdexcept>

namespace exaudit::bench {

test::SynthOptions usual_organization(std::uint64_t mailboxes) {
  constexpr std::uint64_t kServers = 20;
  constexpr std::uint64_t kStores = 4;
  test::SynthOptions out;
  out.mailboxes = mailboxes;
  out.servers = kServers;
  out.stores = kStores;
  return out;
}

void write_synth_file(const std::filesystem::path& path, const test::SynthOptions& options) {
  std::ofstream out(path, std::ios::binary);
  write_synth(options, [&](std::string_view text) {
    return out.write(text.data(), static_cast<std::streamsize>(text.size())).good();
  });
  out.close();
  if (!out.fail()) return;
  std::filesystem::remove(path);
  throw std::runtime_error("cannot write " + path.string());
}

}  // namespace exaudit::bench
