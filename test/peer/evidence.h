// The directory evidence of the fixtures as objects that a server can be filled with.
//
// It is read by a parser of its own, so that what a server gives back is compared with something else than
// the program's own reader.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/ldif_writer.h"  // Object

namespace exaudit::test {

struct LdifObjects {
  std::vector<Object> objects;
  // Lines and records that say nothing a directory could hold, as "<line>: <reason>": damage, URLs, empty
  // values.
  std::vector<std::string> left_out;
};
// LDIF of ldifde or ldapsearch, in any encoding. Changes other than "changetype: add" are left out.
LdifObjects read_objects(std::string_view bytes);

// One object per record in the order given; safe for any LDIF parser.
std::string to_ldif(const std::vector<Object>& objects);

// What one directory server said: the LDIF files of one folder, an object that several of them have once. A
// file that has an object with another content is a view of its own, as in the program.
struct DirectoryEvidence {
  std::string name;  // "scenarios/healthy-2003/directory"
  std::vector<Object> objects;
  std::vector<std::string> left_out;  // with the file name in front
};
// All below `folder`; files are told by content.
std::vector<DirectoryEvidence> directory_evidence(const std::filesystem::path& folder);
// Those of every scenario and every article's fixtures.
std::vector<DirectoryEvidence> all_directory_evidence();

// Do both hold the same attributes with the same values, in any order? DNs are compared as names, everything
// else byte for byte. Gives the difference, "" when there is none. Attributes that `ignored` says are not
// looked at.
std::string difference(const Object& expected, const Object& found,
                       const std::vector<std::string>& ignored = {});

}  // namespace exaudit::test
