// LDIF text read into directory views, as the folder collector does it for the files of one folder.
//
//   const auto reading = read_texts({"dn: CN=x,...\n..."});
//   CHECK(reading.view().find("cn=x,...") != nullptr);
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/buffer.h"
#include "facts/directory_view.h"
#include "readers/readers.h"
#include "support/reading_picture.h"

namespace exaudit::test {

inline constexpr std::string_view kConfiguration = "CN=Configuration,DC=contoso,DC=test";

struct LdifReading {
  std::vector<facts::Input> inputs;
  std::vector<facts::DirectoryView> views;

  const facts::DirectoryView& view() const {
    REQUIRE(views.size() == 1);
    return views.front();
  }
  const facts::Input& input() const { return inputs.front(); }
};

inline LdifReading read_once(const std::vector<base::BufferPtr>& buffers,
                             const readers::LdifOptions& options) {
  LdifReading out;
  facts::ViewBuilder builder("directory");
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    facts::Input& input = out.inputs.emplace_back();
    input.kind = facts::InputKind::ldif;
    input.path = fmt::format("{}.ldf", i + 1);
  }
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    const auto id = static_cast<facts::InputId>(i);
    builder.begin_input(id, out.inputs[i].path, buffers[i]);
    readers::read_ldif(buffers[i], id, out.inputs[i], builder, options);
  }
  out.views = builder.finish(out.inputs, options.threads);
  return out;
}

inline std::string picture_of(const LdifReading& reading) {
  std::string out;
  for (const facts::Input& input : reading.inputs) out += picture_of(input);
  for (const facts::DirectoryView& view : reading.views) out += picture_of(view);
  return out;
}

inline readers::LdifOptions in_chunks(std::size_t bytes, unsigned threads) {
  readers::LdifOptions options;
  options.chunk_bytes = bytes;
  options.threads = threads;
  options.thread_bytes = 1;
  return options;
}

// Whatever is read here is read in every way that there is: by the careful reader alone, and by several
// threads in pieces of several sizes.
inline LdifReading read_buffers(const std::vector<base::BufferPtr>& buffers) {
  readers::LdifOptions careful;
  careful.careful = true;
  LdifReading out = read_once(buffers, careful);
  const std::string expected = picture_of(out);
  constexpr std::size_t kLarge = 1U << 20;
  const bool large = std::any_of(buffers.begin(), buffers.end(),
                                 [](const base::BufferPtr& each) { return each->view().size() > kLarge; });
  for (const std::size_t bytes : {1U, 2U, 37U, 64U, 500U, 1U << 20}) {
    if (large && bytes != kLarge) continue;
    CAPTURE(bytes);
    CHECK(picture_of(read_once(buffers, in_chunks(bytes, 1))) == expected);
    CHECK(picture_of(read_once(buffers, in_chunks(bytes, 3))) == expected);
  }
  return out;
}

inline LdifReading read_texts(const std::vector<std::string>& texts) {
  std::vector<base::BufferPtr> buffers;
  for (const std::string& text : texts) buffers.push_back(base::buffer_from(text));
  return read_buffers(buffers);
}

// "<line>: <message>" of every remark about the input.
inline std::vector<std::string> problems_of(const facts::Input& input) {
  std::vector<std::string> out;
  for (const auto& problem : input.problems)
    out.push_back(fmt::format("{}: {}", problem.line, problem.message));
  return out;
}

// Is there a remark about this line that contains `part`?
inline bool remarks(const facts::Input& input, std::uint32_t line, std::string_view part) {
  return std::any_of(input.problems.begin(), input.problems.end(), [&](const auto& problem) {
    return problem.line == line && problem.message.find(part) != std::string::npos;
  });
}

}  // namespace exaudit::test
