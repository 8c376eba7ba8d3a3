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

inline LdifReading read_buffers(const std::vector<base::BufferPtr>& buffers) {
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
    readers::read_ldif(buffers[i], id, out.inputs[i], builder);
  }
  out.views = builder.finish(out.inputs);
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
