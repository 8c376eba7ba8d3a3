// What several of the made scenarios have in them.
#pragma once

#include <cstdint>
#include <string>

#include "support/evt_writer.h"
#include "support/made_scenarios.h"

namespace exaudit::test {

inline constexpr std::uint32_t kMorning = 1'142'316'000;  // 2006-03-14 06:00:00 UTC

inline const std::string kExchange2003 = "6.5 (Build 7638.2: Service Pack 2)";
inline const std::string kExchange2000 = "6.0 (Build 6249.4: Service Pack 3)";
inline const std::string kExchange55 = "5.5 (Build 2653.23: Service Pack 4)";

// Event 326 about a store of SiteDirectory; `group`: the administrative group's name in legacyExchangeDN.
EvtRecord logon_failure(const std::string& server, const std::string& group, const std::string& store,
                        const std::string& code, std::uint32_t time);

// KB 840469: the MTA checks its database, and then finds no SMTP service.
void add_mta_start(EvtWriter& log, const std::string& server);

// KB 279415: an Exchange 5.5 server on Windows NT 4.0 with two network adapters, of which the MTA cannot
// listen over RPC.
struct Multihomed {
  std::string name;
  bool healthy_order = false;
  std::string version;  // of the MTA's program files
  std::string emsmta;   // of Emsmta.exe
};
void add_multihomed(Files& files, const std::string& folder, const Multihomed& machine);

}  // namespace exaudit::test
