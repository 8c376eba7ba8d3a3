// A made organization (support/synth.h) as a file.
#pragma once

#include <filesystem>

#include "support/synth.h"

namespace exaudit::bench {

// As the tables have them: 20 servers of four mailbox stores, healthy.
test::SynthOptions usual_organization(std::uint64_t mailboxes);

// Throws std::runtime_error when the file cannot be written; nothing is left of it then.
void write_synth_file(const std::filesystem::path& path, const test::SynthOptions& options);

}  // namespace exaudit::bench
