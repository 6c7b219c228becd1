// Tests of the generated log: exact number of rows, order, range, valid JSON, same bytes.

import Foundation
import Testing

@testable import EvtCLI

@Suite("Generated shop log")
struct ShopSimulationTests {
  private struct Row {
    var timeMillis: Int64
    var user: UInt32?
    var event: ShopEvent
  }

  private func rows(_ plan: ShopPlan) -> [Row] {
    let catalogue = ShopCatalogue(seed: plan.seed)
    var simulation = ShopSimulation(plan, catalogue: catalogue)
    var rows: [Row] = []
    while simulation.next({ session, _ in
      rows.append(Row(timeMillis: session.timeMillis, user: session.user, event: session.event))
    }) {}
    return rows
  }

  @Test(
    "a log has the rows asked for, in order of time, within its days",
    arguments: [
      (0, 1, 1), (1, 1, 1), (2, 1, 3), (99, 5, 1), (1_000, 40, 7), (20_000, 10, 1),
      (5_000, 100_000, 400),
    ])
  func keepsItsPlan(_ count: Int, _ users: Int, _ days: Int) {
    for seed: UInt64 in 1...5 {
      let plan = ShopPlan(
        rows: count, users: users, startMillis: 1_767_225_600_000, days: days, seed: seed)
      let rows = rows(plan)
      #expect(rows.count == count, "seed \(seed)")
      #expect(
        rows.allSatisfy { $0.timeMillis >= plan.startMillis && $0.timeMillis < plan.endMillis },
        "seed \(seed)")
      #expect(
        zip(rows, rows.dropFirst()).allSatisfy { $0.timeMillis <= $1.timeMillis }, "seed \(seed)")
      #expect(Set(rows.compactMap(\.user)).count <= users + 1, "seed \(seed)")
    }
  }

  @Test("a large enough log has every kind of event, and a funnel that narrows")
  func hasEveryEvent() {
    let plan = ShopPlan(rows: 50_000, users: 1_700, startMillis: 0, days: 30, seed: 1)
    var counts: [ShopEvent: Int] = [:]
    for row in rows(plan) { counts[row.event, default: 0] += 1 }
    #expect(counts.count == 14)
    let funnel = [ShopEvent.productView, .addToCart, .checkoutStarted, .purchase, .refund]
    for (wide, narrow) in zip(funnel, funnel.dropFirst()) {
      #expect(counts[wide, default: 0] > counts[narrow, default: 0])
    }
  }
}
