#include "model/network.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace exaudit::model {

namespace {

constexpr std::string_view kServices = "SYSTEM\\CurrentControlSet\\Services\\";

// "\Device\NetBT_Tcpip_{GUID}" -> "{GUID}"; "\Device\NetBT_El90x1" -> "El90x1".
std::string adapter_of(std::string_view device) {
  const std::size_t brace = device.find('{');
  if (brace != std::string_view::npos)
    return std::string(device.substr(brace, device.find('}', brace) - brace + 1));
  const std::size_t slash = device.rfind('\\');
  if (slash != std::string_view::npos) device.remove_prefix(slash + 1);
  const std::size_t underline = device.rfind('_');
  if (underline != std::string_view::npos) device.remove_prefix(underline + 1);
  return std::string(device);
}

void add_addresses(const facts::RegistryKey* key, std::vector<std::string>& out) {
  if (key == nullptr) return;
  for (const std::string_view name : {"IPAddress", "DhcpIPAddress"}) {
    const facts::RegistryValue* value = key->find(name);
    if (value == nullptr || !value->readable) continue;
    for (const std::string& address : value->strings) {
      const auto parsed = parse_ipv4(base::trim(address));
      if (parsed && *parsed != 0 && std::find(out.begin(), out.end(), address) == out.end())
        out.push_back(address);
    }
  }
}

}  // namespace

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  const auto parts = base::split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::uint32_t out = 0;
  for (const std::string_view part : parts) {
    std::uint64_t number = 0;
    if (part.size() > 3 || !base::is_digits(part) || !base::parse_uint(part, number) || number > 255)
      return std::nullopt;
    out = out << 8 | static_cast<std::uint32_t>(number);
  }
  return out;
}

std::optional<Ipv4Network> parse_ipv4_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_ipv4(text.substr(0, slash));
  if (!address) return std::nullopt;
  Ipv4Network out{*address, 0xffffffff};
  if (slash == std::string_view::npos) return out;
  std::uint64_t bits = 0;
  const std::string_view length = text.substr(slash + 1);
  if (!base::is_digits(length) || !base::parse_uint(length, bits) || bits > 32) return std::nullopt;
  out.mask = bits == 0 ? 0 : 0xffffffffU << (32 - bits);
  return out;
}

BindingOrder binding_order(const Machine& machine, std::string_view service) {
  BindingOrder out;
  const auto linkage = machine.registry_key(std::string(kServices) + std::string(service) + "\\Linkage");
  if (linkage.key == nullptr) return out;
  out.registry = linkage.registry;
  out.key = linkage.key;
  out.value = linkage.key->find("Bind");
  if (out.value == nullptr || !out.value->readable) return out;
  out.state = facts::Observed::present;
  for (const std::string& device : out.value->strings) {
    BoundAdapter adapter;
    adapter.device = device;
    adapter.adapter = adapter_of(device);
    adapter.wan_wrapper = base::ascii_lowered(device).find("ndiswan") != std::string::npos;
    const bool known = std::any_of(out.adapters.begin(), out.adapters.end(), [&](const BoundAdapter& other) {
      return base::ascii_iequals(other.adapter, adapter.adapter);
    });
    if (adapter.adapter.empty() || known) continue;
    add_addresses(
        machine.registry_key(std::string(kServices) + "Tcpip\\Parameters\\Interfaces\\" + adapter.adapter)
            .key,
        adapter.addresses);
    add_addresses(machine.registry_key(std::string(kServices) + adapter.adapter + "\\Parameters\\Tcpip").key,
                  adapter.addresses);
    out.adapters.push_back(std::move(adapter));
  }
  return out;
}

std::vector<std::optional<bool>> internal_adapters(const std::vector<BoundAdapter>& adapters,
                                                   const std::vector<Ipv4Network>& internal) {
  constexpr std::array<Ipv4Network, 3> kPrivate = {Ipv4Network{0x0A000000, 0xFF000000},
                                                   Ipv4Network{0xAC100000, 0xFFF00000},
                                                   Ipv4Network{0xC0A80000, 0xFFFF0000}};
  std::vector<std::optional<bool>> out;
  bool some_inside = false;
  bool some_outside = false;
  for (const BoundAdapter& adapter : adapters) {
    std::optional<bool> inside;
    for (const std::string& text : adapter.addresses) {
      const auto address = parse_ipv4(base::trim(text));
      if (!address) continue;
      const auto holds = [&](const Ipv4Network& network) { return network.holds(*address); };
      const bool here = internal.empty() ? std::any_of(kPrivate.begin(), kPrivate.end(), holds)
                                         : std::any_of(internal.begin(), internal.end(), holds);
      inside = inside.value_or(false) || here;
    }
    some_inside = some_inside || inside == true;
    some_outside = some_outside || inside == false;
    out.push_back(inside);
  }
  // Private addresses everywhere, or nowhere, say nothing about which network is the internal one.
  if (internal.empty() && !(some_inside && some_outside)) out.assign(adapters.size(), std::nullopt);
  return out;
}

}  // namespace exaudit::model
