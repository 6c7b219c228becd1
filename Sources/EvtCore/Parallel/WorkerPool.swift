// A fixed number of threads for work whose result does not depend on their number.

import Dispatch
import Synchronization

/// A few worker threads that run jobs in the order given.
///
/// Results never depend on the number of threads: callers collect them in the order of submission.
public final class WorkerPool: Sendable {
  private struct State {
    var jobs: [(@Sendable () -> Void)?] = []
    var next = 0
    var running = 0

    /// Takes the next job and lets go of it: what it holds must not outlive it, and while there is
    /// always more to do the list is never empty.
    mutating func takeJob() -> (@Sendable () -> Void)? {
      guard next < jobs.count else {
        jobs.removeAll(keepingCapacity: true)
        next = 0
        return nil
      }
      let job = jobs[next]
      jobs[next] = nil
      next += 1
      if next >= 64, next * 2 >= jobs.count {
        jobs.removeFirst(next)
        next = 0
      }
      return job
    }
  }

  /// The number of workers.
  public let threads: Int
  private let state = Mutex(State())
  private let queue: DispatchQueue

  /// Creates a pool that runs at most `threads` jobs at once.
  ///
  /// Jobs of several threads should not wait: all such pools share as many threads as there are
  /// processors, and another takes the place of one that waits only after a second. The thread of a
  /// pool with one is its own.
  public init(threads: Int) {
    precondition(threads > 0, "BUG: a pool needs a thread")
    self.threads = threads
    // Dispatch counts the threads of concurrent queues, and not those of serial ones.
    queue = DispatchQueue(label: "evt.workers", attributes: threads > 1 ? .concurrent : [])
  }

  /// Runs `job` on a worker and returns a handle for its result.
  public func submit<Success: Sendable>(
    _ job: @escaping @Sendable () throws -> Success
  ) -> PendingResult<Success> {
    let pending = PendingResult<Success>()
    let needsWorker = state.withLock { state in
      state.jobs.append { pending.fulfil(Result { try job() }) }
      guard state.running < threads else { return false }
      state.running += 1
      return true
    }
    if needsWorker { queue.async { self.work() } }
    return pending
  }

  /// Runs `body` for 0..<count on the workers and returns the results in order.
  /// - Throws: the error of the lowest index that failed, after all have ended.
  public func map<Success: Sendable>(
    count: Int, _ body: @escaping @Sendable (Int) throws -> Success
  ) throws -> [Success] {
    if threads == 1 || count == 1 { return try (0..<count).map(body) }
    let pending = (0..<count).map { index in submit { try body(index) } }
    let results = pending.map { $0.wait() }
    return try results.map { try $0.get() }
  }

  private func work() {
    while true {
      let job = state.withLock { state -> (@Sendable () -> Void)? in
        let job = state.takeJob()
        if job == nil { state.running -= 1 }
        return job
      }
      guard let job else { return }
      job()
    }
  }
}

/// The result of a job that may still be running.
public final class PendingResult<Success: Sendable>: Sendable {
  private let result = Mutex<Result<Success, any Error>?>(nil)
  private let done = DispatchSemaphore(value: 0)

  fileprivate func fulfil(_ value: sending Result<Success, any Error>) {
    result.withLock { $0 = value }
    done.signal()
  }

  /// Waits for the job and returns what it returned or threw.
  public func wait() -> Result<Success, any Error> {
    done.wait()
    done.signal()
    guard let value = result.withLock({ $0 }) else {
      preconditionFailure("BUG: job without result")
    }
    return value
  }
}
