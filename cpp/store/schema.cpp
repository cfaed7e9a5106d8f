#include "store/schema.h"

#include <charconv>

#include "store/schema_text.h"

namespace cloudsync {

namespace {

constexpr std::string_view kStepMark = "\n--@ step ";

}  // namespace

std::vector<SchemaStep> productSchema() { return schemaSteps(kSchemaText); }

std::vector<SchemaStep> schemaSteps(std::string_view text) {
  std::vector<SchemaStep> steps;
  std::size_t mark = text.find(kStepMark);
  while (mark != std::string_view::npos) {
    std::size_t begin = mark + kStepMark.size();
    mark = text.find(kStepMark, begin);
    std::string_view body =
        text.substr(begin, mark == std::string_view::npos ? mark : mark - begin);
    SchemaStep step;
    const char* number = body.data();
    auto parsed = std::from_chars(number, number + body.size(), step.version);
    step.sql = body.substr(static_cast<std::size_t>(parsed.ptr - number));
    steps.push_back(std::move(step));
  }
  return steps;
}

Result<int> schemaVersion(Database& database) {
  Statement ask(database, "PRAGMA user_version");
  Cursor cursor = ask.query();
  int version = cursor.next() ? static_cast<int>(cursor.integer(0)) : 0;
  Status status = cursor.status();
  if (!status) return status.error();
  return version;
}

Status checkSchemaIsKnown(Database& database, const std::vector<SchemaStep>& steps) {
  Result<int> version = schemaVersion(database);
  if (!version) return version.error();
  int known = steps.empty() ? 0 : steps.back().version;
  if (*version <= known) return {};
  return Error{ErrorKind::notSupported,
               "the state database was written by a newer release (schema " +
                   std::to_string(*version) + ", this one knows " + std::to_string(known) +
                   "): use that release, or another state directory",
               {},
               0};
}

Status migrate(Database& database, const std::vector<SchemaStep>& steps) {
  Result<int> version = schemaVersion(database);
  if (!version) return version.error();
  for (const SchemaStep& step : steps) {
    if (step.version <= *version) continue;
    Result<Transaction> transaction = Transaction::begin(database, Durability::onDisk);
    if (!transaction) return transaction.error();
    Status done = database.execute(step.sql);
    if (!done) return done;
    done = database.execute("PRAGMA user_version=" + std::to_string(step.version));
    if (!done) return done;
    done = transaction->commit();
    if (!done) return done;
  }
  return {};
}

}  // namespace cloudsync
