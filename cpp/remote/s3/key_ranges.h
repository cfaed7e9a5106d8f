#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "remote/s3/answers.h"
#include "remote/s3/client.h"

namespace cloudsync {

// The pages of everything that begins with a prefix, in order. A server takes its time for each
// page, and can answer for several places at once: as soon as the first page says that more follow,
// the rest is divided between directories, and a page of each of the next ranges is asked for
// together. A range that cannot be read to its end leaves a hole, and the others go on. Bounded:
// some pages a range, some ranges at a time. One consumer.
class S3PageStream {
 public:
  S3PageStream(S3Client& client, std::string prefix);

  using Page = std::vector<S3Object>;

  // What lies between two keys, both not in it; `until` "" = to the end.
  struct Hole {
    std::string after;
    std::string until;
  };
  struct Piece {
    Page page;
    std::optional<Hole> hole;  // behind the page

    bool isEnd() const { return page.empty() && !hole; }
  };

  // The next piece. An Error: there is no beginning, or nothing can be had any more.
  Task<Result<Piece>> next(CancelToken cancel);
  // Keys up to `key` are of no interest: what has not been asked for yet begins behind it.
  void passOver(const std::string& key);

 private:
  struct Range {
    std::string from;   // where it begins; "" = at the first key
    std::string until;  // where the next one does; "" = to the end
    std::string after;  // where the next page begins: behind it
    std::string last;   // the last key that came; "" = none yet
    std::deque<Page> pages;
    bool ended = false;
    bool broken = false;  // and there is more that could not be read
  };

  Task<Status> fetchRound(CancelToken cancel);
  Task<void> fetchPage(Range& range, Status& outcome, CancelToken cancel);
  void add(Range& range, S3Page page);
  bool leavesHole(const Range& range, const Error& error) const;
  Task<std::vector<std::string>> findDirectories(CancelToken cancel);
  void divide(std::vector<std::string> borders);

  S3Client* client_;  // a pointer: a stream can be begun anew by assignment
  std::string prefix_;
  std::deque<Range> ranges_;  // in order; the first is being read
  bool divided_ = false;
};

// PURE. At most `most` of the sorted `directories`, evenly spread.
std::vector<std::string> pickBorders(const std::vector<std::string>& directories, std::size_t most);

}  // namespace cloudsync
