#include "base/scheduler.h"

namespace cloudsync {

namespace {
// Plain data of a thread, no constructor: the lane of whatever coroutine it is resuming.
thread_local Lane currentLaneOfThread = Lane::transfer;
}  // namespace

Lane Scheduler::currentLane() { return currentLaneOfThread; }

void Scheduler::setCurrentLane(Lane lane) { currentLaneOfThread = lane; }

}  // namespace cloudsync
