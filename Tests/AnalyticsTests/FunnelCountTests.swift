// Users of several lists, merged and counted, against the brute force.

import EvtCore
import TestSupport
import Testing

@testable import Analytics

@Suite("FunnelCount")
struct FunnelCountTests {
  struct Row {
    var user: String
    var hash: UInt64
    var event: NaiveFunnel.Event
    var list: Int
  }

  @Test("lists of overlapping and of disjoint times equal the brute force", arguments: 0..<10)
  func randomLists(_ part: UInt64) throws {
    for seed in part * 100..<(part + 1) * 100 {
      var random = SeededGenerator(seed: seed)
      let steps = 1 + random.below(4)
      let window = Int64(random.below(12))
      let lists = 1 + random.below(5)
      let overlap = random.chance(1, in: 2)
      let rows = (0..<random.below(60)).map { _ in
        Self.row(lists: lists, overlap: overlap, steps: steps, &random)
      }
      try compare(rows, lists: lists, steps: steps, window: window, seed: seed)
    }
  }

  @Test("the users of equal hashes are told apart by their text")
  func collisions() throws {
    let events: [(String, Int64, Set<Int>, Int)] = [
      ("b", 1, [0], 0), ("a", 2, [1], 0), ("a", 3, [0], 1), ("b", 4, [1], 1), ("c", 4, [0], 1),
    ]
    let rows = events.map {
      Row(user: $0.0, hash: 7, event: .init(time: $0.1, steps: $0.2), list: $0.3)
    }
    let count = try counted(rows, lists: 2, steps: 2, window: 100)
    #expect(count.all.levels == [0, 2, 1])
    #expect(count.users.map(\.user) == ["a", "b", "c"])
    #expect(count.users.map(\.level) == [1, 2, 1])
  }

  @Test("an entry is in progress while its window reaches the end of the observation")
  func inProgress() {
    var rules = FunnelRules(masks: StepMasks(stepCount: 2), window: 10, observationEnd: 100)
    var funnel = UserFunnel()
    funnel.level = 1
    for (entry, expected) in [(Int64(89), false), (90, true), (100, true), (500, true)] {
      funnel.latestEntry = entry
      #expect(rules.isInProgress(funnel) == expected)
    }
    rules.observationEnd = .max
    funnel.latestEntry = .min
    #expect(!rules.isInProgress(funnel))
    funnel.level = 2
    funnel.latestEntry = .max
    #expect(!rules.isInProgress(funnel))
  }

  private static func row(
    lists: Int, overlap: Bool, steps: Int, _ random: inout SeededGenerator
  ) -> Row {
    let list = random.below(lists)
    let number = random.below(6)
    let matched = Set((0..<steps).filter { _ in random.chance(1, in: 2) })
    return Row(
      // Two users for each of three hashes, one of them the largest of all.
      user: "u\(number)", hash: number < 2 ? .max : UInt64(number / 2) << 60,
      event: .init(
        time: Int64(random.below(10) + (overlap ? 0 : list * 10)), steps: matched,
        value: random.below(3)),
      list: list)
  }

  private func compare(_ rows: [Row], lists: Int, steps: Int, window: Int64, seed: UInt64) throws {
    let oracle = NaiveFunnel(stepCount: steps, window: window)
    var expected: [Int: [String: NaiveFunnel.Outcome]] = [:]
    var users: [String: NaiveFunnel.Outcome] = [:]
    for (user, rows) in Dictionary(grouping: rows, by: \.user) {
      let outcome = oracle.outcome(of: Array(rows.map(\.event).prefix(60)))
      guard outcome.level > 0 else { continue }
      users[user] = outcome
      expected[outcome.value ?? -1, default: [:]][user] = outcome
    }
    let count = try counted(rows, lists: lists, steps: steps, window: window)
    #expect(count.users.count == users.count, "seed \(seed)")
    for user in count.users {
      let outcome = users[user.user]
      #expect(user.level == outcome?.level, "seed \(seed)")
      #expect(user.enteredAt == outcome?.stepTimes.first, "seed \(seed)")
      let last = user.level == steps ? outcome?.stepTimes.last : nil
      #expect(user.convertedAt == last, "seed \(seed)")
    }
    #expect(Set(count.groups.keys) == Set(expected.keys.map(UInt32.init)), "seed \(seed)")
    for (value, members) in expected {
      let levels = (0...steps).map { level in members.values.count { $0.level == level } }
      #expect(count.groups[UInt32(value)]?.levels == levels, "seed \(seed)")
    }
    let inProgress = users.values.filter {
      $0.level < steps && 55 - ($0.latestEntry ?? 0) <= window
    }
    #expect(count.all.usersInProgress == inProgress.count, "seed \(seed)")
  }

  private func counted(
    _ rows: [Row], lists count: Int, steps: Int, window: Int64
  ) throws -> FunnelCount {
    var masks = StepMasks(stepCount: steps)
    let lists = (0..<count).map { index in
      var list = UserEventsBuilder(baseTime: 0, hasValues: true)
      let users = Dictionary(grouping: rows.filter { $0.list == index }, by: \.user)
      let ordered = users.sorted {
        ($0.value[0].hash, $0.key) < ($1.value[0].hash, $1.key)
      }
      for (user, rows) in ordered {
        let events = rows.map(\.event).sorted { $0.time < $1.time }
        list.append(
          user: user, times: events.map(\.time), marks: events.map { masks.id(of: $0.steps) },
          values: events.map { UInt32($0.value) },
          isFlagged: events.contains { $0.steps.contains(0) }, hash: rows[0].hash)
      }
      return list.finish()
    }
    let rules = FunnelRules(
      masks: masks, window: window, observationEnd: 55, selection: .reached(1))
    return try FunnelCount.of(
      lists, rules: rules, ranks: [0, 1, 2], pool: WorkerPool(threads: 2))
  }
}
