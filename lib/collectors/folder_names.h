// Which machine and which directory view a file belongs to, as far as its place says so (cli.md "Evidence",
// rules.md section 1).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "collectors/evidence.h"
#include "collectors/walk.h"
#include "facts/input.h"

namespace exaudit::collectors {

// The option NAME=PATH, repeated: the longest PATH that holds a file names it.
class PathNames {
 public:
  // `option` is named in errors: no name, no such path, or no file of the evidence there.
  static base::Result<PathNames> make(std::string_view option,
                                      const std::vector<std::pair<std::string, std::string>>& pairs,
                                      const std::vector<FoundFile>& files);
  // Null when no PATH holds the file.
  const std::string* find(std::string_view real) const;

 private:
  struct Pair {
    std::string name;
    std::string real;
  };
  std::vector<Pair> pairs_;
};

// The folder below `servers/`: of several, the outermost one below the named folder, else the innermost one
// of the path to it. "" when there is none.
std::string_view machine_of_path(const FoundFile& file, const Root& root);

// A computer's files; LDIF is the directory's, and what is not read belongs to nobody.
bool is_machine_kind(facts::InputKind kind);

// Is the file, which was recognised as `kind`, a backup of the metabase and not the metabase that the machine
// runs with? Its content is the same; its name tells, or the folder MetaBack or History that it lies in.
bool is_metabase_backup(const FoundFile& file, facts::InputKind kind);

// LDIF files of one folder, or of one --view.
struct ViewGroup {
  std::string name;
  std::vector<std::size_t> files;  // indexes into Walk::files
};

// Groups `ldif_files` (indexes into walk.files) in the order of their first files; the names are taken from
// `taken`.
std::vector<ViewGroup> group_views(const Walk& walk, const std::vector<std::size_t>& ldif_files,
                                   const PathNames& names, UniqueNames& taken);

// "dc1" of "case/directory/dc1.ldf" and of "dc1.ldf.gz".
std::string stem_of(const FoundFile& file);

}  // namespace exaudit::collectors
