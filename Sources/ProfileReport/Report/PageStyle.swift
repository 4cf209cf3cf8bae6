/// Style sheet of the page. Follows the system's light or dark mode on screen; always light in print.
enum PageStyle {
  /// - Parameters:
  ///   - series: number of domains.
  ///   - scopes: number of scopes; the page shows one at a time.
  static func css(series: Int, scopes: Int) -> String {
    // Without a script no class is set and everything is visible.
    let others = (0..<scopes).flatMap { shown in
      (0..<scopes).filter { $0 != shown }.map { ".v\(shown) .scope\($0)" }
    }
    return """
      :root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#f3f5f7;--rule:#d5dae0;--link:#005f96}
      @media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--paper:#14171a;--soft:#1f2428;--rule:#3a4147;--link:#7cc4ee}}
      @media print{:root{color-scheme:light;--ink:#000;--paper:#fff;--soft:#fff;--rule:#bbb;--link:#000}}
      \(sheet)
      \(ChartStyle.css(ink: "var(--ink)", paper: "var(--paper)"))
      \(SeriesStyle.css(count: series, ink: "var(--ink)"))
      \((0..<series).map { ".off\($0) .chart .s\($0)" }.joined(separator: ",")){display:none}
      \(others.isEmpty ? "" : "\(others.joined(separator: ",")){display:none}")
      """
  }

  private static let sheet = """
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:1240px;padding:0 16px 48px;background:var(--paper);color:var(--ink);
    font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
    h1{font-size:1.55rem;line-height:1.25;margin:28px 0 4px}h2{font-size:1.25rem;margin:44px 0 8px}
    h3{font-size:1rem;margin:0 0 2px}h2 span,h3 span{font-weight:400}
    section{scroll-margin-top:calc(var(--bar,56px) + 4px)}p{margin:6px 0;max-width:78ch}a{color:var(--link)}
    code,pre{font:.88em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
    .quietly{color:color-mix(in srgb,var(--ink) 68%,var(--paper));font-size:.9rem}
    #summary{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:14px;margin-top:16px}
    #summary>div{background:var(--soft);border-radius:8px;padding:12px 16px}#summary p{margin:0}
    nav{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:.9rem;margin:16px 0 4px}
    .bar{position:sticky;top:0;z-index:2;background:var(--paper);border-bottom:1px solid var(--rule);padding:8px 0;
    margin-top:16px;display:none;gap:8px 20px;align-items:center;flex-wrap:wrap}
    .js .bar{display:flex}.chips{display:flex;gap:6px;flex-wrap:wrap;min-width:0}
    button,.choice label{font:inherit;font-size:.85rem;color:inherit;background:var(--soft);border:1px solid var(--rule);
    border-radius:16px;padding:3px 11px;cursor:pointer;white-space:nowrap}
    .choice{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:6px}.choice legend{float:left;margin-right:6px}
    .choice label{display:inline-flex;gap:5px;align-items:center}.choice input{margin:0}
    .chip{display:inline-flex;gap:6px;align-items:center}.chip svg{flex:none}
    .chip[aria-pressed=false]{opacity:.5;text-decoration:line-through}
    :focus-visible{outline:3px solid var(--link);outline-offset:2px}
    .tabs{display:none;flex-wrap:wrap;gap:6px;margin:10px 0 16px}.js .tabs{display:flex}
    .tabs [aria-pressed=true]{background:var(--ink);color:var(--paper);border-color:var(--ink)}
    .js .panel{display:none}.js .panel.on{display:block}.panel{margin-bottom:24px}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:28px 24px;margin-top:12px;
    align-items:start}
    figure{margin:0;max-width:560px;width:100%}figcaption{margin-bottom:4px}figcaption b{font-weight:600}
    figure p{margin:2px 0 0;font-size:.92em}
    .chart{display:block;width:100%;height:auto;overflow:visible;touch-action:pan-y}
    .cursor{fill:var(--ink);fill-opacity:.1;stroke:var(--ink);stroke-width:1.2;pointer-events:none}
    #tip{position:fixed;z-index:3;left:0;top:0;max-width:min(320px,calc(100vw - 16px));background:var(--ink);
    color:var(--paper);font-size:.8rem;line-height:1.35;border-radius:6px;padding:7px 10px;pointer-events:none}
    #tip:empty{display:none}#tip b{display:block}#tip table{border-spacing:0}#tip td{padding:0 10px 0 0;border:0}
    #tip td:last-child{padding:0;text-align:right;font-variant-numeric:tabular-nums}
    .wide{overflow-x:auto;max-width:100%}table.data{border-collapse:collapse;font-size:.88rem;margin:8px 0}
    table.data th,table.data td{text-align:left;vertical-align:top;padding:4px 14px 4px 0;
    border-bottom:1px solid var(--rule)}table.data th{font-weight:600}
    table.data .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    table.data th.n{white-space:normal}table.data td:last-child{min-width:9em}table.data td.n:last-child{min-width:0}
    dl{max-width:78ch}dd{margin:0 0 8px 18px}.quote{min-width:15em;overflow-wrap:anywhere}td code{white-space:nowrap}
    pre{background:var(--soft);padding:12px 16px;border-radius:8px;max-height:26em;overflow:auto}
    footer{margin-top:40px;border-top:1px solid var(--rule);padding-top:10px}
    @media (max-width:560px){body{padding:0 14px 32px}.bar{padding:6px 0;gap:6px}
    .chips{flex-wrap:nowrap;overflow-x:auto;flex:0 0 100%}.choice{order:-1;flex:0 0 100%;gap:4px}
    .choice label{padding:3px 8px;font-size:.78rem}
    .quotes tr{display:block;border-bottom:1px solid var(--rule)}.quotes th,.quotes td{display:inline-block!important;
    border:0!important}.quotes td:last-child:not(.n){display:block!important}.quote{min-width:0}
    h1{margin-top:18px}.choice legend{display:none}}
    @media print{body{max-width:none;padding:0;font-size:10pt}.bar,nav,.tabs,#tip{display:none!important}
    .js .panel{display:block}figure,tr,#summary>div{break-inside:avoid}h2,h3,section>p,.panel>p,[class^=scope]>p{break-after:avoid;break-inside:avoid}
    #summary>div{border:1px solid var(--rule)}pre{max-height:none;white-space:pre-wrap;border:1px solid var(--rule)}
    .figures{grid-template-columns:1fr 1fr;gap:14px}a{text-decoration:none}.wide{overflow:visible}
    *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
