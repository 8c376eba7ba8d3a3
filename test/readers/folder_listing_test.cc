#include "readers/folder_listing.h"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/time.h"
#include "readers/readers.h"
#include "tree.h"

namespace {

using exaudit::base::date_text;
using exaudit::facts::FolderListing;
using exaudit::facts::Input;
using exaudit::facts::ListedFile;
using exaudit::readers::looks_like_folder_listing;
using exaudit::test::slurp;
using exaudit::test::source_root;

struct Read {
  FolderListing listing;
  Input input;
};

Read read(std::string_view bytes) {
  Read out;
  out.listing = exaudit::readers::read_folder_listing(bytes, 3, out.input);
  return out;
}

Read read_seed(const std::string& name) {
  return read(slurp(source_root() / "fixtures/readers/folder_listing" / name));
}

// "C:\...\MetaBack: before sp2.MD0 284322 2006-03-14", with both readings of a date that has two; "!" for a
// folder that may hold more.
std::string told(const FolderListing& listing) {
  std::string out;
  for (const auto& folder : listing.folders) {
    out += fmt::format("{}{}:", folder.path, folder.complete ? "" : "!");
    for (const ListedFile& file : folder.files) {
      out += fmt::format(" [{} {}", file.name, file.bytes ? std::to_string(*file.bytes) : "?");
      if (file.earliest) out += " " + date_text(*file.earliest);
      if (file.latest != file.earliest) out += ".." + date_text(*file.latest);
      out += "]";
    }
    out += "\n";
  }
  return out;
}

const std::string kMetaBack = "C:\\WINDOWS\\system32\\inetsrv\\MetaBack";

// A list of MetaBack with these lines between ".." and the summary.
std::string list(const std::string& lines, int files, const std::string& path = kMetaBack) {
  return fmt::format(
      " Directory of {}\n\n2006-03-14  16:22    <DIR>          .\n2006-03-14  16:22    <DIR>          ..\n"
      "{}{:>16} File(s)        284,322 bytes\n               2 Dir(s)  12,345,678,848 bytes free\n",
      path, lines, files);
}

std::string dates(std::initializer_list<const char*> dates) {
  std::string lines;
  for (const char* date : dates) lines += fmt::format("{}  16:22           284,322 a.MD0\n", date);
  return told(read(list(lines, static_cast<int>(dates.size()))).listing);
}

}  // namespace

TEST_CASE("folder listing: dir in several languages, code pages and layouts") {
  const auto english = read_seed("dir_english.txt");
  CHECK(told(english.listing) ==
        kMetaBack + ": [before sp2.MD0 284322 2006-03-14] [before sp2.SC0 265932 2006-03-14]\n");
  CHECK(english.listing.folders[0].line == 16);
  CHECK(english.listing.folders[0].files[0].line == 20);
  REQUIRE(english.listing.newest_elsewhere);  // MetaBase.xml of the folder above
  CHECK(date_text(*english.listing.newest_elsewhere) == "2006-07-30");
  CHECK(english.input.complete);
  CHECK(english.input.problems.empty());

  CHECK(told(read_seed("dir_german_oem.txt").listing) ==
        "C:\\WINDOWS\\system32\\inetsrv\\History: [MBSchema_0000000123_0000000000.xml 265932 2006-07-30] "
        "[MetaBase_0000000123_0000000000.xml 292514 2006-07-30]\n");
  CHECK(told(read_seed("dir_french_oem.txt").listing) == kMetaBack + ": [avant sp2.MD0 284322 2006-03-14]\n");
  const auto korean = read_seed("dir_korean.txt");
  CHECK(korean.listing.folders.at(0).files.at(0).name == "before.MD0");
  CHECK(korean.listing.folders[0].complete);
  CHECK(korean.listing.machine_hint == "MAIL1");
  CHECK(told(read_seed("get_childitem.txt").listing) ==
        kMetaBack + "!: [before sp2.MD0 284322 2006-03-14] [before sp2.SC0 265932 2006-03-14]\n");
}

TEST_CASE("folder listing: an empty folder is whole, and what might hide files is not") {
  const auto empty = read_seed("dir_empty.txt");
  CHECK(told(empty.listing) == kMetaBack + ":\n");
  // A pattern shows no "." and "..".
  const auto pattern = read(
      " Directory of " + kMetaBack +
      "\n\n03/14/2006  04:22p              284,322 a.MD0\n               1 File(s)        284,322 bytes\n");
  CHECK(told(pattern.listing) == kMetaBack + "!: [a.MD0 284322 2006-03-14]\n");
  CHECK(pattern.input.complete);

  const std::string file = "14.03.2006  16:22           284.322 a.MD0\n";
  const auto miscounted = read(list(file, 2));
  CHECK_FALSE(miscounted.listing.folders[0].complete);
  CHECK(miscounted.input.lost_records);

  const std::string whole = list(file, 1);
  const auto cut = read(whole.substr(0, whole.find("               1 File")));
  CHECK_FALSE(cut.listing.folders[0].complete);
  CHECK(cut.input.lost_records);
}

TEST_CASE(
    "folder listing: of a date that can be read in two ways both readings are kept, unless another one "
    "decides") {
  CHECK(dates({"03/04/2006"}) == kMetaBack + ": [a.MD0 284322 2006-03-04..2006-04-03]\n");
  CHECK(dates({"03/04/2006", "25/04/2006"}) ==
        kMetaBack + ": [a.MD0 284322 2006-04-03] [a.MD0 284322 2006-04-25]\n");
  CHECK(dates({"03/04/2006", "04/25/2006"}) ==
        kMetaBack + ": [a.MD0 284322 2006-03-04] [a.MD0 284322 2006-04-25]\n");
  CHECK(dates({"03.04.2006"}) == kMetaBack + ": [a.MD0 284322 2006-04-03]\n");
  CHECK(dates({"2006/03/04"}) == kMetaBack + ": [a.MD0 284322 2006-03-04]\n");
  CHECK(dates({"03/14/06"}) == kMetaBack + ": [a.MD0 284322 2006-03-14]\n");
  CHECK(dates({"31/31/2006"}) == kMetaBack + ": [a.MD0 284322]\n");
}

TEST_CASE("folder listing: only the folders of metabase backups are kept") {
  const std::string file = "2006-03-14  16:22           284,322 a.MD0\n";
  CHECK(read(list(file, 1, "C:\\WINNT\\System32\\InetSrv\\METABACK")).listing.folders.size() == 1);
  CHECK(read(list(file, 1, "\\\\MAIL1\\admin$\\system32\\inetsrv\\History")).listing.folders.size() == 1);
  for (const char* other : {"C:\\Documents and Settings\\a\\Local Settings\\History", "C:\\MetaBack\\old",
                            "C:\\MetaBackup", "C:\\"}) {
    CAPTURE(other);
    const auto r = read(list(file, 1, other));
    CHECK(r.listing.folders.empty());
    CHECK(r.input.complete);
    CHECK(r.input.problems.size() == 1);
  }
}

TEST_CASE("folder listing: lists of two hosts name none") {
  const std::string file = "2006-03-14  16:22           284,322 a.MD0\n";
  const std::string one = list(file, 1, "\\\\MAIL1\\admin$\\system32\\inetsrv\\MetaBack");
  const std::string two = list(file, 1, "\\\\MAIL2\\admin$\\system32\\inetsrv\\MetaBack");
  CHECK(read(one + one).listing.machine_hint == "MAIL1");
  CHECK(read(one + two).listing.machine_hint.empty());
}

TEST_CASE("folder listing: what is none") {
  CHECK(looks_like_folder_listing("C:\\>dir \"C:\\a\"\n" + list("", 0)));
  for (const char* text : {"", "C:\\WINDOWS\\system32\n", " Directory of C:\\WINDOWS\n\nFile Not Found\n",
                           "03/14/2006  04:22 PM    284,322 a.MD0\n",
                           "The file C:\\boot.ini was changed on\n14.03.2006 by somebody\n",
                           "3/14/2006\t4:22:00 PM\tMSExchangeIS\tNone\tC:\\a\n"}) {
    CAPTURE(text);
    CHECK_FALSE(looks_like_folder_listing(text));
  }
}
