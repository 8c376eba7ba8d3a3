// An LDIF export as ldifde writes it: the configuration of an organization of 20 servers, then mailboxes of
// 37 lines and 1.9 KB.
#pragma once

#include <cstdint>
#include <filesystem>

namespace exaudit::bench {

void write_ldif_export(const std::filesystem::path& path, std::uint64_t mailboxes);

}  // namespace exaudit::bench
