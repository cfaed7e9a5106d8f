#pragma once

#include <deque>
#include <string>
#include <vector>

#include "remote/s3/answers.h"
#include "remote/s3/client.h"

namespace cloudsync {

// The pages of everything that begins with a prefix, in order. A server takes its time for each
// page, and can answer for several places at once: as soon as the first page says that more follow,
// the rest is divided between directories, and a page of each of the next ranges is asked for
// together. Bounded: some pages a range, some ranges at a time. One consumer.
class S3PageStream {
 public:
  S3PageStream(S3Client& client, std::string prefix);

  using Page = std::vector<S3Object>;

  // The next page, never empty; an empty one is the end.
  Task<Result<Page>> next(CancelToken cancel);
  // Keys up to `key` are of no interest: what has not been asked for yet begins behind it.
  void passOver(const std::string& key);

 private:
  struct Range {
    std::string from;   // where it begins; "" = at the first key
    std::string until;  // where the next one does; "" = to the end
    std::string after;  // the last key that was asked for
    std::deque<Page> pages;
    bool ended = false;
  };

  Task<Status> fetchRound(CancelToken cancel);
  Task<void> fetchPage(Range& range, Status& outcome, CancelToken cancel);
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
