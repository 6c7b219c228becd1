// A budget that threads share.

import Testing

@testable import EvtCore

@Suite("MemoryBudget") struct MemoryBudgetTests {
  @Test("gives what there is, and nothing after it was overdrawn") func overdraw() {
    let budget = MemoryBudget(bytes: 100)
    let answers = [60, 40, 1, 0].map { budget.take($0) }
    #expect(answers == [true, true, false, false])
  }

  @Test("counts what all threads take") func threads() throws {
    let budget = MemoryBudget(bytes: 1_000)
    let answers = try WorkerPool(threads: 4).map(count: 2_000) { _ in budget.take(1) }
    #expect(answers.count { $0 } == 1_000)
  }
}
