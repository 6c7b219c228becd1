// The pool keeps order, passes errors on and never runs more jobs than it has threads.

import Synchronization
import Testing

@testable import EvtCore

@Suite("WorkerPool") struct WorkerPoolTests {
  struct Failure: Error, Equatable { var index: Int }

  @Test("returns results in order", arguments: [1, 2, 5]) func order(threads: Int) throws {
    let pool = WorkerPool(threads: threads)
    #expect(try pool.map(count: 500) { $0 * 2 } == (0..<500).map { $0 * 2 })
  }

  @Test("throws the error of the lowest index") func errors() {
    let pool = WorkerPool(threads: 3)
    #expect(throws: Failure(index: 4)) {
      _ = try pool.map(count: 20) { index in
        if index >= 4 { throw Failure(index: index) }
        return index
      }
    }
  }

  @Test("keeps to its number of threads") func bound() throws {
    let running = Atomic(0), most = Atomic(0)
    let pool = WorkerPool(threads: 2)
    _ = try pool.map(count: 200) { _ in
      let now = running.add(1, ordering: .relaxed).newValue
      _ = most.max(now, ordering: .relaxed)
      _ = running.subtract(1, ordering: .relaxed)
    }
    #expect(most.load(ordering: .relaxed) <= 2)
  }

  @Test("lets go of what a job holds before its result is there") func lease() throws {
    final class Lease: Sendable {
      let count: Atomic<Int>
      init() { count = Atomic(0) }
    }
    let pool = WorkerPool(threads: 3)
    for _ in 0..<200 {
      weak var held: Lease?
      let pending = {
        let lease = Lease()
        held = lease
        return (0..<3).map { _ in pool.submit { _ = lease.count.add(1, ordering: .relaxed) } }
      }()
      for job in pending { try job.wait().get() }
      #expect(held == nil)
    }
  }

  @Test("lets go of a job's result while others are waiting") func releases() {
    final class Payload: Sendable {
      let alive: Counter
      init(_ alive: Counter) {
        self.alive = alive
        alive.count.add(1, ordering: .relaxed)
      }
      deinit { alive.count.subtract(1, ordering: .relaxed) }
    }
    final class Counter: Sendable { let count = Atomic(0) }
    let alive = Counter()
    let pool = WorkerPool(threads: 1)
    var pending = (0..<8).map { _ in pool.submit { Payload(alive) } }
    for _ in 0..<500 {
      // The list of jobs never runs empty.
      pending.append(pool.submit { Payload(alive) })
      _ = pending.removeFirst().wait()
    }
    #expect(alive.count.load(ordering: .relaxed) <= 10)
    for job in pending { _ = job.wait() }
  }
}
