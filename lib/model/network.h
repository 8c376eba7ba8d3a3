// Network adapters of a machine in the order in which its protocols are bound to them (KB 279415: the
// internal one must come first).
//
// Facts: Services\<service>\Linkage, value Bind, one device per item, order = binding order. Windows 2000 and
// later name adapters by GUID and keep their addresses below Tcpip\Parameters\Interfaces\{GUID}; Windows NT 4
// names them by the adapter's service and keeps them below Services\<adapter>\Parameters\Tcpip.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/case.h"

namespace exaudit::model {

// An IPv4 network, "10.0.0.0/8"; without a length a single address.
struct Ipv4Network {
  std::uint32_t address = 0;
  std::uint32_t mask = 0xffffffff;
  bool holds(std::uint32_t other) const { return (other & mask) == (address & mask); }
};
std::optional<std::uint32_t> parse_ipv4(std::string_view text);
std::optional<Ipv4Network> parse_ipv4_network(std::string_view text);

struct BoundAdapter {
  std::string device;                  // item of Bind as written
  std::string adapter;                 // GUID in braces, or the adapter's service name
  bool wan_wrapper = false;            // RAS WAN wrapper (NdisWan)
  std::vector<std::string> addresses;  // without 0.0.0.0
};

struct BindingOrder {
  facts::Observed state = facts::Observed::not_observed;
  std::vector<BoundAdapter> adapters;  // each once, at its first place
  const facts::Registry* registry = nullptr;
  const facts::RegistryKey* key = nullptr;
  const facts::RegistryValue* value = nullptr;
};

// `service` is Tcpip, NetBT, LanmanServer or LanmanWorkstation.
BindingOrder binding_order(const Machine& machine, std::string_view service);

// Is the adapter on the internal network? Nothing when its addresses do not tell: none, or no network given
// and the machine's adapters do not differ in being private (RFC 1918).
std::vector<std::optional<bool>> internal_adapters(const std::vector<BoundAdapter>& adapters,
                                                   const std::vector<Ipv4Network>& internal);

}  // namespace exaudit::model
