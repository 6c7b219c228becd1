// Tests of EventCompletion: names in steps and lists.

import Analytics
import Columnar
import EvtCore
import Testing

@testable import EvtCLI

@Suite("Completion of events")
struct EventCompletionTests {
  private static let names = StoreNames(
    events: HostileNames.all.enumerated().map {
      SegmentSummary.Event(name: $0.element, count: UInt64(1000 - $0.offset))
    },
    fields: [
      SegmentSummary.Field(path: "properties.total", role: .property, kinds: .init(.double)),
      SegmentSummary.Field(path: "properties.title", role: .property, kinds: .init(.text)),
    ])
  private let completion = EventCompletion(names: names)

  /// The values that `found` would make of the word.
  private func values(_ found: Completions) -> [String] {
    guard case .list(let list) = found else { return [] }
    return list.candidates.map { list.head + $0.text }
  }

  @Test("every name can be a step, and the parser reads it back")
  func stepsAreReadBack() throws {
    for head in ["", "page_view,", "page_view | ", "a[b = ']'], "] {
      let values = values(completion.steps(head))
      #expect(values.count == HostileNames.all.count)
      for (name, value) in zip(HostileNames.all, values) {
        let step = try #require(try EventStep.parse(value).last?.alternatives.last)
        #expect(step.event.map { ExactText($0) } == ExactText(name))
        #expect(step.condition == nil)
      }
    }
  }

  @Test("every name can be the only step, also any")
  func stepIsReadBack() throws {
    let events = (HostileNames.all + ["any"]).map { SegmentSummary.Event(name: $0, count: 1) }
    let names = StoreNames(events: events, fields: [])
    for value in values(EventCompletion(names: names).step("")) {
      let step = try EventStep.parseOne(value)
      #expect(step.alternatives.count == 1 && step.alternatives[0].event != nil)
    }
  }

  @Test("every name can be typed with its quote")
  func quotedSteps() throws {
    let values = values(completion.steps("a,\""))
    #expect(values.count == HostileNames.all.count)
    for (name, value) in zip(HostileNames.all, values) {
      #expect(value.hasPrefix("a,\""))
      #expect(try EventStep.parse(value)[1].alternatives[0].event == name)
    }
  }

  @Test(
    "the last name is completed",
    arguments: [
      ("page", ["page_view"]), ("page_view,pa", ["page_view,page_view"]),
      ("page_view|pa", ["page_view|page_view"]), ("a, pa", ["a, page_view"]),
      ("Sign", ["Sign in"]), ("Sign ", ["Sign in"]), ("Sign u", ["\"Sign up, now\""]),
      ("\"Sign", ["\"Sign in\"", "\"Sign up, now\""]),
      ("\"Sign up, n", ["\"Sign up, now\""]),
      ("a,\"Sign up, now\",wh", ["a,\"Sign up, now\",\"what?\""]),
      ("a[total > 3],pa", ["a[total > 3],page_view"]),
      ("a[x = \"],pa\"],pa", ["a[x = \"],pa\"],page_view"]),
      ("page_view[to", ["page_view[total"]),
      ("page_view[total > 3 and tit", ["page_view[total > 3 and title"]),
      ("a[(x[1", []), ("page_view]", []), ("page_view,nothing", []), ("a['pa", []),
    ])
  func lastStep(_ value: String, _ expected: [String]) {
    #expect(values(completion.steps(value)) == expected)
  }

  @Test("names in lists come out of them as they are")
  func lists() {
    let values = values(completion.list("x, "))
    for value in values {
      let name = String(value.dropFirst(3))
      #expect(HostileNames.all.contains(name))
      #expect(NameList.split([value, "y"]) == ["x", name, "y"])
    }
    #expect(values.contains("x, Sign in"))
    #expect(values.contains("x, say \"hi\""))
    #expect(!values.contains("x, it's"))
    #expect(!values.contains("x, Sign up, now"))
  }

  @Test("frequent names come first, those without rows last")
  func order() {
    let names = StoreNames(
      events: [("b", 0), ("a", 0), ("c", 5), ("e", 7), ("d", 7)].map {
        SegmentSummary.Event(name: $0.0, count: $0.1)
      }, fields: [])
    #expect(values(EventCompletion(names: names).steps("")) == ["d", "e", "c", "a", "b"])
  }
}
