// The samples are what their seeds give.

import Testing

@Suite("Samples")
struct SamplesTests {
  @Test(
    "make samples would give the same bytes",
    arguments: [
      (
        "evt gen --rows 500 --days 7 --users 60 --seed 1 --start 2025-03-03",
        "cat Samples/shop.ndjson"
      ),
      (
        "evt gen --rows 500 --days 7 --users 60 --seed 11 --start 2025-03-10",
        "gzip -dc Samples/shop-2.ndjson.gz"
      ),
      (
        "evt gen --rows 300 --days 7 --users 40 --seed 12 --start 2025-03-10 --shape tracker",
        "cat Samples/tracker.ndjson"
      ),
    ])
  func areReproducible(_ generate: String, _ show: String) throws {
    let directory = try SampleStore.directory()
    let result = try Program.shell("cmp <(\(generate)) <(\(show))", in: directory.path)
    #expect(result == ProgramResult(stdout: "", stderr: "", status: 0))
    let makefile = try Program.shell("cat Makefile", in: Program.repository).stdout
      .replacing("$(EVT)", with: "evt").replacing(" \\\n\t  ", with: " ")
    #expect(makefile.contains(generate), "the Makefile makes this sample differently")
  }

  @Test("samples are small")
  func areSmall() throws {
    let result = try Program.shell("find Samples -type f -size +200k", in: Program.repository)
    #expect(result.stdout == "")
  }
}
