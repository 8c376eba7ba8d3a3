// Scenarios whose evidence is written by a program, because it is binary, or much, or differs from another
// scenario's in little. test/made_scenarios_test.cc keeps fixtures/scenarios equal to them; README.md and
// expected.json are no part of it.
#pragma once

#include <map>
#include <string>

namespace exaudit::test {

using Files = std::map<std::string, std::string>;  // path below the scenario's folder -> bytes

Files contoso_large();
Files several_articles();

// By name.
std::map<std::string, Files> small_scenarios();

inline std::map<std::string, Files> made_scenarios() {
  std::map<std::string, Files> out = small_scenarios();
  out["contoso-large"] = contoso_large();
  out["several-articles"] = several_articles();
  return out;
}

}  // namespace exaudit::test
