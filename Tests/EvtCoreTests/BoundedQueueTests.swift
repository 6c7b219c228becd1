// The queue between two threads keeps order, keeps to its size, and lets its filler go.

import Synchronization
import Testing

@testable import EvtCore

@Suite("BoundedQueue") struct BoundedQueueTests {
  @Test("hands over in order and holds no more than it has room for", arguments: [1, 2, 7])
  func order(capacity: Int) {
    let queue = BoundedQueue<Int>(capacity: capacity)
    let pushed = Atomic(0)
    let filler = WorkerPool(threads: 1).submit {
      for number in 0..<1_000 where queue.push(number) { pushed.add(1, ordering: .relaxed) }
    }
    for number in 0..<1_000 {
      #expect(pushed.load(ordering: .relaxed) <= number + capacity)
      #expect(queue.pop() == number)
    }
    _ = filler.wait()
  }

  @Test("refuses elements once it is cancelled, also when its filler waits")
  func cancellation() throws {
    let queue = BoundedQueue<Int>(capacity: 2)
    let filler = WorkerPool(threads: 1).submit { (0...).first { !queue.push($0) } }
    #expect(queue.pop() == 0)
    queue.cancel()
    #expect(try filler.wait().get() != nil)
    #expect(!queue.push(7))
  }
}
