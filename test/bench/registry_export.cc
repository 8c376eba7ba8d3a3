#include "bench/registry_export.h"

#include <array>
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "support/evt_writer.h"  // wide
#include "support/random.h"

namespace exaudit::bench {

namespace {

namespace fs = std::filesystem;
using test::Random;
using test::wide;

constexpr std::size_t kBytesPerLine = 25;
constexpr std::size_t kFlush = 1U << 20;
constexpr std::string_view kSoftware = "HKEY_LOCAL_MACHINE\\SOFTWARE";
constexpr std::string_view kSystem = "HKEY_LOCAL_MACHINE\\SYSTEM";
constexpr std::array<std::string_view, 3> kControlSets = {"ControlSet001", "ControlSet002",
                                                          "CurrentControlSet"};

class Export {
 public:
  explicit Export(const fs::path& path) : out_(path, std::ios::binary) {
    out_ << "\xFF\xFE";
    text_ = "Windows Registry Editor Version 5.00\r\n";
  }
  ~Export() { flush(); }
  Export(const Export&) = delete;
  Export& operator=(const Export&) = delete;

  void key(std::string_view path) {
    if (text_.size() > kFlush) flush();
    text_ += fmt::format("\r\n[{}]\r\n", path);
    ++keys_;
  }
  void text(std::string_view name, std::string_view value) {
    text_ += fmt::format("{}=\"{}\"\r\n", quoted(name), value);
  }
  void number(std::string_view name, std::size_t value) {
    text_ += fmt::format("{}=dword:{:08x}\r\n", quoted(name), value);
  }
  void hex(std::string_view name, std::string_view type, std::string_view data) {
    const std::size_t before = text_.size();
    text_ += fmt::format("{}={}:", quoted(name), type);
    std::size_t column = text_.size() - before;
    for (std::size_t i = 0; i < data.size(); ++i) {
      text_ += fmt::format("{:02x}", static_cast<unsigned char>(data[i]));
      if (i + 1 == data.size()) break;
      text_ += ',';
      column += 3;
      if (column > 3 * kBytesPerLine) {
        text_ += "\\\r\n  ";
        column = 2;
      }
    }
    text_ += "\r\n";
    hex_ += text_.size() - before;
  }
  void words(std::string_view name, std::string_view type, std::string_view value) {
    hex(name, type, wide(value) + std::string(type == "hex(7)" ? 4 : 2, '\0'));
  }

  std::uint64_t keys() const { return keys_; }
  std::uint64_t hex_bytes() const { return 2 * hex_; }
  std::uint64_t bytes() const { return 2 * (flushed_ + text_.size()) + 2; }

 private:
  static std::string quoted(std::string_view name) {
    return name == "@" ? std::string(name) : fmt::format("\"{}\"", name);
  }
  void flush() {
    out_ << wide(text_);
    flushed_ += text_.size();
    text_.clear();
  }

  std::ofstream out_;
  std::string text_;
  std::uint64_t flushed_ = 0;
  std::uint64_t hex_ = 0;
  std::uint64_t keys_ = 0;
};

std::string random_bytes(Random& random, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<char>(random.below(256)));
  return out;
}

void add_class(Export& out, Random& random, std::size_t number) {
  const std::string guid = random.guid().text();
  const std::string base = fmt::format("{}\\Classes\\CLSID\\{}", kSoftware, guid);
  out.key(base);
  out.text("@", fmt::format("Contoso Document Object {}", number));
  out.text("AppID", random.guid().text());
  out.key(base + "\\InprocServer32");
  out.text("@", fmt::format("C:\\\\Program Files\\\\Contoso\\\\Common\\\\object{}.dll", number % 300));
  out.text("ThreadingModel", "Both");
  out.key(base + "\\ProgID");
  out.text("@", fmt::format("Contoso.Document.{}", number));
  out.key(base + "\\TypeLib");
  out.text("@", random.guid().text());
  const std::string interface = fmt::format("{}\\Classes\\Interface\\{}", kSoftware, random.guid().text());
  out.key(interface);
  out.text("@", fmt::format("IContosoDocument{}", number));
  out.key(interface + "\\ProxyStubClsid32");
  out.text("@", guid);
}

void add_component(Export& out, Random& random, std::size_t number) {
  constexpr std::string_view kInstaller = "Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18";
  out.key(fmt::format("{}\\{}\\Components\\{:032X}", kSoftware, kInstaller, number * 0x9E3779B97F4A7C15U));
  out.text(fmt::format("{:032X}", number % 40),
           fmt::format("C:\\\\Program Files\\\\Contoso\\\\Suite\\\\component{}.dll", number));
  out.key(fmt::format("{}\\Classes\\Installer\\Features\\{:032X}", kSoftware, number * 0xC2B2AE3D27D4EB4FU));
  out.hex("Signature", "hex", random_bytes(random, 16));
  out.words("Patches", "hex(7)", random.guid().text());
}

void add_software(Export& out, Random& random, std::uint64_t until) {
  out.key("HKEY_LOCAL_MACHINE");
  out.key(kSoftware);
  out.key(fmt::format("{}\\Classes", kSoftware));
  for (std::size_t number = 0; out.bytes() < until; ++number) {
    add_class(out, random, number);
    add_component(out, random, number);
    if (number % 8 != 0) continue;
    out.key(fmt::format("{}\\Contoso\\Cache\\{}", kSoftware, number));
    out.hex("Blob", "hex", random_bytes(random, 1200 + random.below(6000)));
  }
  out.key(fmt::format("{}\\Microsoft", kSoftware));
  out.key(fmt::format("{}\\Microsoft\\Exchange", kSoftware));
  out.key(fmt::format("{}\\Microsoft\\Exchange\\Setup", kSoftware));
  out.text("Services", "C:\\\\Program Files\\\\Exchsrvr");
  out.number("Services Version", 65);
  out.number("ServicePackNumber", 2);
}

void add_service(Export& out, Random& random, std::string_view set, std::size_t number) {
  const std::string base = fmt::format("{}\\{}\\Services\\Contoso{:05}", kSystem, set, number);
  out.key(base);
  out.number("Type", number % 3 == 0 ? 0x20 : 1);
  out.number("Start", number % 5);
  out.number("ErrorControl", 1);
  out.words("ImagePath", "hex(2)", fmt::format("%SystemRoot%\\System32\\drivers\\contoso{}.sys", number));
  out.text("DisplayName", fmt::format("Contoso Service {}", number));
  out.words("DependOnService", "hex(7)", "RpcSs");
  out.key(base + "\\Parameters");
  out.number("Timeout", random.below(1000));
  out.text("Folder", fmt::format("C:\\\\Program Files\\\\Contoso\\\\Service{}", number));
  out.key(base + "\\Security");
  out.hex("Security", "hex", random_bytes(random, 168));
  out.key(base + "\\Enum");
  out.text("0", fmt::format("Root\\\\LEGACY_CONTOSO{:05}\\\\0000", number));
  out.number("Count", 1);
}

void add_device(Export& out, Random& random, std::string_view set, std::size_t number) {
  const std::string base =
      fmt::format("{}\\{}\\Enum\\PCI\\VEN_8086&DEV_{:04X}\\{}", kSystem, set, number % 0xFFFF, number);
  out.key(base);
  out.text("DeviceDesc", fmt::format("Contoso Bridge {}", number));
  out.words("HardwareID", "hex(7)", fmt::format("PCI\\VEN_8086&DEV_{:04X}&SUBSYS_80C01043&REV_02", number));
  out.text("ClassGUID", random.guid().text());
  out.number("Capabilities", 0);
  out.key(base + "\\LogConf");
  out.hex("BasicConfigVector", "hex(a)", random_bytes(random, 400));
}

void add_control_set(Export& out, Random& random, std::string_view set, std::uint64_t until) {
  const std::string base = fmt::format("{}\\{}", kSystem, set);
  out.key(base);
  out.key(base + "\\Control");
  out.key(base + "\\Control\\ComputerName");
  out.key(base + "\\Control\\ComputerName\\ComputerName");
  out.text("ComputerName", "MAIL1");
  out.key(base + "\\Services");
  for (std::size_t number = 0; out.bytes() < until; ++number) {
    add_service(out, random, set, number);
    add_device(out, random, set, number);
  }
}

}  // namespace

WrittenRegistry write_registry_export(const fs::path& path, std::uint64_t bytes) {
  Random random(1);
  Export out(path);
  add_software(out, random, bytes / 3 * 2);
  const std::uint64_t software = out.bytes();
  out.key(kSystem);
  for (std::size_t i = 0; i < kControlSets.size(); ++i) {
    add_control_set(out, random, kControlSets[i],
                    software + (bytes - software) * (i + 1) / kControlSets.size());
  }
  out.key(fmt::format("{}\\Select", kSystem));
  out.number("Current", 1);
  const auto total = static_cast<double>(out.bytes());
  return {out.keys(), static_cast<double>(out.hex_bytes()) / total,
          static_cast<double>(out.bytes() - software) / total};
}

}  // namespace exaudit::bench
