#pragma once

#include <string>
#include <string_view>

namespace cloudsync {

// How servers and buckets become host names. PURE; any thread.

// Regions become part of one.
bool isRegion(std::string_view text);
std::string awsHost(std::string_view service, std::string_view region);

enum class Dots { no, yes };
// Can a bucket stand in front of a host name? With dots it can, but no wildcard certificate covers
// it.
bool isHostLabel(std::string_view bucket, Dots dots);

// An IP address: nothing can stand in front of it.
bool isAddress(std::string_view host);

}  // namespace cloudsync
