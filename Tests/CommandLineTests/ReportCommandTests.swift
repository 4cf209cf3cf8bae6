import Foundation
import TestSupport
import Testing

@Suite struct ReportCommandTests {
  private func run(_ folder: TemporaryFolder, _ more: String...) throws {
    let model = Tool.tinyModel
    let result = try Tool.run(
      [
        "profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path, "--output",
        folder.path("run"), "--quiet", "--no-report",
      ] + more)
    #expect(result.status == 0, "\(result.messages)")
  }

  /// The page without its date, and the figures.
  private func written(_ folder: TemporaryFolder) throws -> [String: String] {
    var files = ["report.html": try folder.text("page/report.html").replacing(/<time>[^<]*<\/time>/, with: "")]
    for name in try folder.names(in: "page/figures") { files[name] = try folder.text("page/figures/\(name)") }
    return files
  }

  @Test func `the same seed gives the same bytes with one thread and two, another seed others`() throws {
    let folder = try TemporaryFolder()
    try run(folder)
    var files: [[String: String]] = []
    for (threads, seed) in [("1", "0"), ("2", "0"), ("2", "1")] {
      let result = try Tool.run(
        "report", folder.path("run"), "--threads", threads, "--seed", seed, "--permutations", "500",
        "--output", folder.path("page"))
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.output.isEmpty, "\(result.messages)")
      // Where it takes long, progress stands before it.
      #expect(
        result.lines.last?.hasPrefix("report in \(folder.path("page"))/report.html, ") == true, "\(result.messages)")
      files.append(try written(folder))
    }
    #expect(files[0] == files[1])
    #expect(files[0]["report.html"] != files[2]["report.html"])
    #expect(files[0].count > 60)
  }

  @Test func `settings reach the comparison and stand on the page`() throws {
    let folder = try TemporaryFolder()
    try run(folder)
    let result = try Tool.run(
      "report", folder.path("run"), "--alpha", "0.01", "--seed", "77", "--permutations", "300", "--quiet",
      "--output", folder.path("page"))
    #expect(result.status == 0)
    #expect(result.messages.isEmpty)
    let page = try folder.text("page/report.html")
    for text in ["p &lt; 0.01", "300 random relabellings", "begin at 77"] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test func `a new run takes the report of the one before with it`() throws {
    let folder = try TemporaryFolder()
    try run(folder)
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    try run(folder, "--force")
    #expect(try !folder.names(in: "run").contains("report.html"))
  }

  @Test func `what is no run, or is broken, is refused in one line`() throws {
    let folder = try TemporaryFolder()
    let none = try Tool.run("report", folder.path)
    #expect(none.status == 1)
    #expect(none.output.isEmpty)
    #expect(none.messages == "Error: \(folder.path)/profile.sqlite: cannot read: No such file or directory\n")
    try run(folder)
    let database = folder.url.appending(path: "run/profile.sqlite")
    var bytes = try Data(contentsOf: database)
    bytes.removeLast(bytes.count / 2)
    try bytes.write(to: database)
    let broken = try Tool.run("report", folder.path("run"))
    #expect(broken.status == 1)
    #expect(broken.lines.count == 1)
    #expect(
      broken.messages.hasPrefix("Error: \(folder.path("run"))/profile.sqlite: cannot read: the database is damaged"),
      "\(broken.messages)")
    #expect(try !folder.names(in: "run").contains("report.html"))
  }

  @Test(arguments: [["--alpha", "0"], ["--alpha", "1"], ["--permutations", "0"], ["--threads", "0"]])
  func `settings out of range are mistakes in the arguments`(option: [String]) throws {
    let result = try Tool.run(["report", "run"] + option)
    #expect(result.status == 64)
    #expect(result.messages.contains("\(option[0]): expected"))
  }
}
