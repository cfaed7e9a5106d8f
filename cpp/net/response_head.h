#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "net/http_message.h"

namespace cloudsync {

// The head of an answer, made from its lines as they come. Whatever a server writes, every field
// that is kept could be sent again: its name is a token, its value holds no line break. One owner.
class ResponseHead {
 public:
  explicit ResponseHead(const HttpLimits& limits) : limits_(limits) {}

  // False: the head is larger than allowed.
  bool take(std::string_view line);

  const HttpResponse& answer() const { return answer_; }  // status 0: none has come
  HttpResponse release() { return std::move(answer_); }

 private:
  enum class Line { status, field, other };

  void takeField(std::string_view line);

  const HttpLimits limits_;
  HttpResponse answer_;
  std::size_t bytes_ = 0;
  Line last_ = Line::other;  // what a line that begins with a space goes on with
};

}  // namespace cloudsync
