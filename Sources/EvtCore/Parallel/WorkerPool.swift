// A fixed number of threads for work whose result does not depend on their number.

import Dispatch
import Glibc
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

  /// Whether so many more files can be opened as workers need, and what they work on. Dispatch
  /// opens a few for itself, and traps when it cannot.
  public static var mayStart: Bool {
    let descriptors = (0..<filesNeeded).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
    defer { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }
    return descriptors.allSatisfy { $0 >= 0 }
  }

  /// See `mayStart`.
  public static let filesNeeded = 12

  /// Runs `job` on a worker and returns a handle for its result.
  public func submit<Success: Sendable>(
    _ job: @escaping @Sendable () throws -> Success
  ) -> PendingResult<Success> {
    let pending = PendingResult<Success>()
    let once = OneTimeJob(job)
    let needsWorker = state.withLock { state in
      state.jobs.append { pending.fulfil(once.run()) }
      guard state.running < threads else { return false }
      state.running += 1
      return true
    }
    if needsWorker { queue.async { self.work() } }
    return pending
  }

  /// Runs `body` for 0..<count on the caller's thread and the workers, and returns the results in
  /// order.
  /// - Throws: the error of the lowest index that failed, after all have ended.
  public func map<Success: Sendable>(
    count: Int, _ body: @escaping @Sendable (Int) throws -> Success
  ) throws -> [Success] {
    if threads == 1 || count <= 1 { return try (0..<count).map(body) }
    let jobs = IndexedJobs(count: count, body)
    // The caller would only wait, and be woken for each result.
    let others = (1..<min(threads, count)).map { _ in submit { jobs.work() } }
    jobs.work()
    for other in others { _ = other.wait() }
    return try jobs.results()
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

/// The jobs of one `map`, which several threads take one after the other.
private final class IndexedJobs<Success: Sendable>: Sendable {
  private let body: @Sendable (Int) throws -> Success
  private let count: Int
  private let next = Atomic<Int>(0)
  private let outcomes: Mutex<[Result<Success, any Error>?]>

  init(count: Int, _ body: @escaping @Sendable (Int) throws -> Success) {
    self.count = count
    self.body = body
    outcomes = Mutex([Result<Success, any Error>?](repeating: nil, count: count))
  }

  /// Runs jobs as long as there are any.
  func work() {
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let outcome = Result { try body(index) }
      outcomes.withLock { $0[index] = outcome }
    }
  }

  /// The results in order, when all jobs have ended.
  func results() throws -> [Success] {
    try outcomes.withLock { $0 }.map { outcome in
      guard let outcome else { preconditionFailure("BUG: job without result") }
      return try outcome.get()
    }
  }
}

/// A job that lets go of what it holds (a lease, say) before anybody hears of its result.
private final class OneTimeJob<Success: Sendable>: Sendable {
  private let job: Mutex<(@Sendable () throws -> Success)?>

  init(_ job: @escaping @Sendable () throws -> Success) { self.job = Mutex(job) }

  func run() -> Result<Success, any Error> {
    let job = job.withLock { job in
      defer { job = nil }
      return job
    }
    guard let job else { preconditionFailure("BUG: a job run twice") }
    return Result { try job() }
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
