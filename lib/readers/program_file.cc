// PE files: only the version resource is looked at, nothing else of a program matters here. The path to it is
// DOS header, PE header, section table, and three levels of the resource directory: type, name, language.
//
// Every offset comes from the file; all reads are checked (base/bytes.h), all loops are bounded.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/text.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::range_of;
using base::u16_at;
using base::u32_at;

constexpr std::uint32_t kVersionType = 16;  // RT_VERSION
constexpr std::uint32_t kFixedMagic = 0xFEEF'04BD;
constexpr std::uint32_t kSubdirectory = 0x8000'0000;
constexpr std::size_t kMaxSections = 96;             // what Windows loads
constexpr std::size_t kMaxDirectoryEntries = 4096;   // real ones have some dozens
constexpr std::size_t kMaxVersionBytes = 64U << 10;  // its length is a 16-bit number
constexpr std::size_t kMaxBlocks = 256;  // of one level of the version resource; real ones have about ten

// A file position of every virtual address.
class Sections {
 public:
  Sections(std::string_view bytes, std::uint64_t table, std::size_t count)
      : bytes_(bytes), table_(table), count_(std::min(count, kMaxSections)) {}

  // The bytes from `address` to the end of its section.
  std::string_view at(std::uint32_t address) const {
    for (std::size_t i = 0; i < count_; ++i) {
      const std::string_view section = range_of(bytes_, table_ + i * 40, 40);
      const std::uint32_t begin = u32_at(section, 12);
      const std::uint32_t size = u32_at(section, 16);
      if (address < begin || address - begin >= size) continue;
      const std::uint64_t position = std::uint64_t{u32_at(section, 20)} + (address - begin);
      if (position >= bytes_.size()) return {};
      return bytes_.substr(position, size - (address - begin));
    }
    return {};
  }

 private:
  std::string_view bytes_;
  std::uint64_t table_;
  std::size_t count_;
};

struct Image {
  Sections sections;
  std::uint32_t resources = 0;  // virtual address, 0 = none
};

std::optional<Image> open_image(std::string_view bytes) {
  const std::uint64_t pe = u32_at(bytes, 0x3C);
  if (range_of(bytes, pe, 4) != std::string_view("PE\0\0", 4)) return std::nullopt;
  const std::uint64_t optional = pe + 24;
  const std::uint16_t magic = u16_at(bytes, optional);
  if (magic != 0x10B && magic != 0x20B) return std::nullopt;
  const std::uint64_t directories = optional + (magic == 0x10B ? 96 : 112);
  const bool has_resources = u32_at(bytes, directories - 4) > 2;
  return Image{Sections(bytes, optional + u16_at(bytes, pe + 20), u16_at(bytes, pe + 6)),
               has_resources ? u32_at(bytes, directories + 2 * 8) : 0};
}

// What the directory at `offset` says for `wanted`, or for its first entry.
std::optional<std::uint32_t> directory_entry(std::string_view resources, std::uint32_t offset,
                                             std::optional<std::uint32_t> wanted) {
  const std::size_t count = std::min<std::size_t>(
      std::size_t{u16_at(resources, offset + 12U)} + u16_at(resources, offset + 14U), kMaxDirectoryEntries);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view entry = range_of(resources, std::uint64_t{offset} + 16 + i * 8, 8);
    if (entry.empty()) return std::nullopt;
    if (!wanted || u32_at(entry, 0) == *wanted) return u32_at(entry, 4);
  }
  return std::nullopt;
}

// "" when there is none.
std::string_view version_resource(const Image& image) {
  if (image.resources == 0) return {};
  const std::string_view resources = image.sections.at(image.resources);
  std::optional<std::uint32_t> at = directory_entry(resources, 0, kVersionType);
  for (int level = 0; level < 2 && at && (*at & kSubdirectory) != 0; ++level)
    at = directory_entry(resources, *at & ~kSubdirectory, std::nullopt);
  if (!at || (*at & kSubdirectory) != 0) return {};
  const std::string_view entry = range_of(resources, *at, 16);
  const std::size_t size = std::min<std::size_t>(u32_at(entry, 4), kMaxVersionBytes);
  return entry.empty() ? std::string_view() : image.sections.at(u32_at(entry, 0)).substr(0, size);
}

// One block of the version resource: lengths, a name in UTF-16, a value and further blocks.
struct Block {
  std::string name;
  std::string_view value;
  std::string_view children;
  std::size_t size = 0;  // with what stands between it and the next one
};

std::size_t aligned(std::size_t n) { return (n + 3) / 4 * 4; }

std::optional<Block> block_at(std::string_view bytes) {
  const std::size_t length = u16_at(bytes, 0);
  if (length < 6 || length > bytes.size()) return std::nullopt;
  const std::string_view own = bytes.substr(0, length);
  const std::string_view name = base::utf16_text_at(own, 6);
  const bool text = u16_at(own, 4) == 1;  // then the value's length counts characters
  const std::size_t value = aligned(6 + name.size() + 2);
  const std::size_t value_size = std::size_t{u16_at(own, 2)} * (text ? 2 : 1);
  Block block;
  block.name = base::utf16le_to_utf8(name);
  block.size = aligned(length);
  if (value < own.size()) block.value = own.substr(value, value_size);
  if (aligned(value + value_size) < own.size()) block.children = own.substr(aligned(value + value_size));
  return block;
}

// Calls `use` for each block until it says false.
template <typename Use>
void for_each_block(std::string_view bytes, Use&& use) {
  for (std::size_t i = 0; i < kMaxBlocks; ++i) {
    const auto block = block_at(bytes);
    if (!block || !use(*block)) return;
    bytes.remove_prefix(std::min(block->size, bytes.size()));
  }
}

// StringFileInfo, of the first language that has it.
std::string file_version_text(std::string_view children) {
  std::string text;
  for_each_block(children, [&](const Block& info) {
    if (info.name != "StringFileInfo") return true;
    for_each_block(info.children, [&](const Block& language) {
      for_each_block(language.children, [&](const Block& string) {
        if (string.name == "FileVersion") text = base::utf16le_to_utf8(base::utf16_text_at(string.value, 0));
        return text.empty();
      });
      return text.empty();
    });
    return text.empty();
  });
  return text;
}

std::optional<base::VersionNumber> fixed_version(std::string_view value) {
  if (u32_at(value, 0) != kFixedMagic || value.size() < 16) return std::nullopt;
  const std::uint32_t high = u32_at(value, 8);
  const std::uint32_t low = u32_at(value, 12);
  return base::VersionNumber{{high >> 16U, high & 0xFFFFU, low >> 16U, low & 0xFFFFU}};
}

// "5.5.2654.54 (release)", "5, 5, 2654, 54".
std::optional<base::VersionNumber> version_in(std::string_view text) {
  std::string number;
  for (const char c : text) {
    if (c == ' ' && number.ends_with('.')) continue;
    if (c != ',' && c != '.' && (c < '0' || c > '9')) break;
    number.push_back(c == ',' ? '.' : c);
  }
  return base::VersionNumber::parse(number);
}

}  // namespace

facts::FileVersion read_program_file(std::string_view bytes, std::string_view name, facts::InputId id,
                                     facts::Input& input) {
  facts::FileVersion out;
  out.name = name;
  out.location.input = id;
  input.records = 1;
  const auto image = open_image(bytes);
  const std::string_view resource = image ? version_resource(*image) : std::string_view();
  const auto root = block_at(resource);
  if (!root) {
    // A file without version is nothing unusual, one that lost it with its end is.
    if (!resource.empty() || (image && image->resources != 0 && image->sections.at(image->resources).empty()))
      input.skipped_value(0, "the program is cut off or damaged before its version");
    return out;
  }
  out.version = fixed_version(root->value);
  out.text = file_version_text(root->children);
  if (!out.version) out.version = version_in(out.text);
  if (out.text.empty() && out.version) out.text = out.version->text();
  return out;
}

}  // namespace exaudit::readers
