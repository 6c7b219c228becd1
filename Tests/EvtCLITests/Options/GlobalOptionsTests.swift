// Tests of GlobalOptions: they work before and after the command.

import Testing

@testable import EvtCLI

@Suite("Global options")
struct GlobalOptionsTests {
  @Test(
    "options stand before or after the command, the later one wins",
    arguments: [
      "evt --store shop.evt query --event purchase -f csv",
      "evt query --store shop.evt --event purchase -f csv",
      "evt --store none.evt query --store shop.evt --event purchase -f csv",
      "evt --threads 3 -q --now 2025-03-17 --store shop.evt query --event purchase -f csv",
    ])
  func stand(_ command: String) throws {
    let directory = try SampleStore.directory()
    let result = try Program.shell(command, in: directory.path)
    #expect(result == ProgramResult(stdout: "count\n11\n", stderr: "", status: 0))
  }

  @Test("the answer does not depend on the number of threads")
  func threadsDoNotMatter() throws {
    let directory = try SampleStore.directory()
    let results = try [1, 2, 7].map { threads in
      try Program.shell(
        "evt funnel page_view,add_to_cart,purchase --by country -f json --threads \(threads)"
          + " && evt cohort --every day --return 'purchase|page_view' --by device --threads \(threads)"
          + " && evt query --by page,device --agg count,users,sum:price -f json",
        in: directory.path, environment: SampleStore.environment)
    }
    #expect(results[0].status == 0)
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test("numbers of threads that make no sense are errors", arguments: ["0", "-1", "257", "two"])
  func refusesThreads(_ text: String) throws {
    let directory = try SampleStore.directory()
    let result = try Program.shell(
      "evt query --store shop.evt --threads \(text)", in: directory.path)
    #expect(result.status == 2)
    #expect(result.stderr.hasPrefix("evt: error: "))
  }
}
