"use strict";
// Fills the tables of the page, sorts and searches them, and draws the charts. All data stand in the page.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const T = data.dates.length;
  const PRINTED = 2000; // most rows of a table on paper
  const $ = (selector, from = document) => from.querySelector(selector);
  const formats = new Map();
  const format = (value, digits, most = digits) => {
    if (value === null || value === undefined) return "";
    const key = `${digits}-${most}`;
    if (!formats.has(key)) {
      formats.set(key, new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: most }));
    }
    const text = formats.get(key).format(value === 0 ? 0 : value);
    return /^-[0.,]*$/.test(text) ? text.slice(1) : text;
  };
  const plain = (value) => new Intl.NumberFormat("en", { maximumFractionDigits: 2 }).format(value);
  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const counted = (count, noun) => `${format(count, 0)} ${noun}${count === 1 ? "" : "s"}`;

  // ---- tables -------------------------------------------------------------------------------------------------

  class Table {
    constructor(section) {
      this.section = section;
      this.element = $("table", section);
      this.name = this.element.dataset.table;
      const given = data.tables[this.name];
      Object.assign(this, given);
      this.values = Object.fromEntries(Object.entries(given.values).map(([key, v]) =>
        [key, Array.isArray(v) ? v : v.codes.map((code) => v.names[code])]));
      this.length = Object.values(this.values)[0].length;
      this.sorted = null; // [key, direction]; null is the order given, grouped if there are groups
      this.all = false;
      this.hit = null;
      this.listen();
      this.render();
    }

    listen() {
      const find = $(".find input", this.section);
      let waiting = 0;
      find.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => { this.query = find.value; this.render(); }, 80);
      });
      for (const head of this.element.tHead.rows[0].cells) {
        $("button", head).addEventListener("click", () => this.sort(head.dataset.key));
      }
      $(".more", this.section).addEventListener("click", () => { this.all = true; this.render(); });
      if (this.filter) this.offer($(".pick", this.section));
      if (this.length < 8 && !this.choose) find.parentElement.hidden = true;
    }

    offer(label) {
      const names = [...new Set(this.values[this.filter])].sort();
      if (names.length < 2) return;
      const select = $("select", label);
      select.setAttribute("aria-label", `Show only one ${this.filter}`);
      select.append(new Option(`all ${this.filter}s`, ""), ...names.map((name) => new Option(name, name)));
      select.addEventListener("change", () => { this.only = select.value; this.render(); });
      label.hidden = false;
    }

    sort(key) {
      const numeric = this.columns.find((column) => column.key === key).kind === "number";
      const first = numeric ? -1 : 1;
      if (!this.sorted || this.sorted[0] !== key) this.sorted = [key, first];
      else if (this.sorted[1] === first) this.sorted = [key, -first];
      else this.sorted = null;
      for (const head of this.element.tHead.rows[0].cells) head.removeAttribute("aria-sort");
      if (this.sorted) {
        $(`th[data-key="${key}"]`, this.element.tHead)
          .setAttribute("aria-sort", this.sorted[1] > 0 ? "ascending" : "descending");
      }
      this.render();
    }

    // One lower-case text per row, made when first searched.
    texts() {
      if (!this.hay) {
        const keys = Object.keys(this.values).filter((key) => typeof this.values[key][0] === "string");
        this.hay = Array.from({ length: this.length }, (_, row) =>
          keys.map((key) => this.values[key][row] + (key === "item" ? ` ${data.descriptions[this.values[key][row]] || ""}` : ""))
            .join("\n").toLowerCase());
      }
      return this.hay;
    }

    rows() {
      let rows = Array.from({ length: this.length }, (_, row) => row);
      if (this.only) rows = rows.filter((row) => this.values[this.filter][row] === this.only);
      const words = (this.query || "").toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length) {
        const texts = this.texts();
        rows = rows.filter((row) => words.every((word) => texts[row].includes(word)));
      }
      if (this.sorted) {
        const [key, direction] = this.sorted;
        const column = this.values[key];
        const collate = new Intl.Collator("en", { numeric: true }).compare;
        const compare = typeof column.find((value) => value !== null) === "number"
          ? (a, b) => (a ?? -Infinity) - (b ?? -Infinity) : (a, b) => collate(a, b);
        rows.sort((a, b) => direction * compare(column[a], column[b]) || a - b);
      }
      return rows;
    }

    render(most = this.all ? Infinity : this.first) {
      const rows = this.rows();
      const shown = rows.slice(0, most);
      const body = document.createDocumentFragment();
      let group = null;
      for (const row of shown) {
        if (this.group && !this.sorted && this.values[this.group][row] !== group) {
          group = this.values[this.group][row];
          body.append(this.heading(group));
        }
        body.append(this.row(row));
      }
      if (!rows.length) body.append(this.nothing());
      this.element.tBodies[0].replaceChildren(body);
      this.total(rows);
      const some = rows.length < this.length;
      $(".count", this.section).textContent =
        some ? `${format(rows.length, 0)} of ${counted(this.length, this.noun)}` : counted(this.length, this.noun);
      const more = $(".more", this.section);
      more.hidden = shown.length === rows.length;
      more.textContent = `Show all ${format(rows.length, 0)}`;
      if (this.choose) this.mark();
    }

    nothing() {
      const row = element("tr");
      const cell = element("td", "none", `No ${this.noun} matches.`);
      cell.colSpan = this.columns.length;
      row.append(cell);
      return row;
    }

    heading(group) {
      const [title, detail, amount] = this.groups[group];
      const row = element("tr", "group");
      const cell = element("th");
      cell.colSpan = this.columns.length;
      cell.scope = "rowgroup";
      const head = element("div", "head");
      const name = element("span");
      name.append(element("b", "", title), " ", element("span", "aside", detail));
      head.append(name, element("span", "aside", amount));
      cell.append(head);
      row.append(cell);
      return row;
    }

    row(row) {
      const made = element("tr");
      if (this.choose) made.dataset.row = row;
      made.setAttribute("role", "row");
      for (const { key, title, kind, digits, most, dash } of this.columns) {
        const value = this.values[key][row];
        const cell = element("td", kind);
        cell.setAttribute("role", "cell");
        if (kind !== "item" && kind !== "why") cell.dataset.label = title;
        if (kind === "item") this.item(cell, value, row);
        else if (kind === "number") cell.textContent = dash && !value ? "–" : format(value, digits, most);
        else cell.textContent = value;
        made.append(cell);
      }
      return made;
    }

    item(cell, id, row) {
      const name = element(this.choose ? "button" : "b", "", id);
      if (this.choose) {
        name.type = "button";
        name.addEventListener("click", () => choose(row, true));
      }
      cell.append(name);
      if (data.descriptions[id]) cell.append(element("span", "aside", data.descriptions[id]));
    }

    total(rows) {
      const foot = this.element.tFoot;
      if (!foot) return;
      $("th", foot).textContent = rows.length < this.length ? "Total of those shown" : "Total";
      for (const { key, digits, sum } of this.columns) {
        if (!sum) continue;
        const total = rows.reduce((so_far, row) => so_far + (this.values[key][row] || 0), 0);
        const cell = $(`td[data-key="${key}"]`, foot);
        if (cell) cell.textContent = format(total, digits);
      }
    }

    mark() {
      for (const row of this.element.tBodies[0].rows) {
        const is = Number(row.dataset.row) === chosen;
        row.classList.toggle("chosen", is);
        const button = $("button", row);
        if (button) button.setAttribute("aria-pressed", String(is));
      }
    }
  }

  // ---- charts -------------------------------------------------------------------------------------------------

  const tip = document.getElementById("tip");
  const showTip = (_, event, __, value) => {
    tip.hidden = !value;
    if (!value) return;
    tip.textContent = value;
    const { clientX: x, clientY: y } = event.touches ? event.touches[0] : event;
    tip.style.left = `${Math.min(x + 14, innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.max(8, y - tip.offsetHeight - 12)}px`;
  };
  const views = new Map();
  const embedding = { mode: "vega", renderer: "svg", actions: false, defaultStyle: false, hover: false, tooltip: showTip };
  const draw = async (box, kind, rows, description) => {
    if (views.has(box)) {
      const { view } = await views.get(box);
      await view.data("rows", rows).runAsync();
    } else {
      const specification = data.charts[kind];
      const sets = specification.data.map((set) => (set.name === "rows" ? { ...set, values: rows } : set));
      views.set(box, vegaEmbed(box, { ...specification, data: sets }, embedding));
      await views.get(box);
    }
    $("svg", box).setAttribute("aria-hidden", "true"); // its marks say nothing that the label and the table don't
    box.setAttribute("role", "img"); // Vega names it after itself
    box.removeAttribute("aria-roledescription");
    box.setAttribute("aria-label", description);
  };
  const largest = (values) => values.reduce((best, value, t) => (value > values[best] ? t : best), 0);

  let chosen = 0;
  const series = (cell) => Object.fromEntries(
    Object.entries(data.course).map(([name, values]) => [name, values.slice(cell * T, (cell + 1) * T)]));

  const choose = (cell, scroll) => {
    chosen = cell;
    const [item, warehouse] = data.places[cell];
    const own = series(cell);
    const unit = data.units[item] || "units";
    const gone = data.lost[cell] ? "lost" : "owed";
    document.getElementById("chosen-title").textContent =
      `${item} at ${warehouse}${data.descriptions[item] ? ` · ${data.descriptions[item]}` : ""}`;
    for (const name of document.querySelectorAll(".chosen-unit")) name.textContent = unit;
    const rows = data.dates.map((d, t) => ({
      d, stock: own.stock[t], low: own.low[t], high: own.high[t], demand: own.demand[t], receipts: own.receipts[t],
      tip: `${data.noun} from ${d}\nstock ${plain(own.stock[t])} (${plain(own.low[t])} to ${plain(own.high[t])})\n`
        + `demand ${plain(own.demand[t])}, receipts ${plain(own.receipts[t])}\n${gone} ${plain(own.owed[t])}`,
    }));
    const worst = largest(own.owed);
    const said = own.owed[worst] >= 0.05
      ? `most are ${gone} in the ${data.noun} of ${data.dates[worst]}: ${plain(own.owed[worst])} ${unit}`
      : `nothing is expected to be ${gone}`;
    const done = [
      draw(document.getElementById("chart-stock"), "stock", rows,
        `Expected stock of ${item} at ${warehouse} starts at ${plain(own.stock[0])} and ends at ${plain(own.stock[T - 1])} ${unit}; ${said}.`),
      draw(document.getElementById("chart-flow"), "flow", rows,
        `Expected demand of ${item} at ${warehouse}, ${plain(own.demand.reduce((a, b) => a + b, 0))} ${unit} in all, and receipts of ${plain(own.receipts.reduce((a, b) => a + b, 0))}.`),
    ];
    figures(own, gone);
    tables.get("cells").mark();
    if (scroll && innerWidth <= 860) document.getElementById("chosen").scrollIntoView({ block: "start" });
    return Promise.all(done);
  };

  const figures = (own, gone) => {
    const heads = [`${data.noun[0].toUpperCase()}${data.noun.slice(1)} from`, "Demand", "Receipts", "Stock", "5 %", "95 %", gone === "lost" ? "Lost" : "Owed"];
    const columns = ["demand", "receipts", "stock", "low", "high", "owed"];
    const table = element("table", "plain");
    table.id = "chosen-figures";
    const top = table.createTHead().insertRow();
    heads.forEach((text, k) => {
      const head = element("th", k ? "number" : "", text);
      head.scope = "col";
      top.append(head);
    });
    const body = table.createTBody();
    data.dates.forEach((date, t) => {
      const row = body.insertRow();
      row.append(element("td", "date", date));
      for (const name of columns) row.append(element("td", "number", format(own[name][t], 1)));
    });
    document.getElementById("chosen-figures").replaceWith(table);
  };

  const others = {
    limit: (box) => {
      const limit = data.limits[Number(box.dataset.index)];
      const rows = data.dates.map((d, t) => ({
        d, used: limit.used[t], limit: limit.limit[t],
        room: 1.12 * Math.max(limit.used[t], limit.limit[t]), full: limit.limit[t] > 0 && limit.used[t] >= 0.99 * limit.limit[t],
        tip: `${data.noun} from ${d}\nused ${plain(limit.used[t])} of ${plain(limit.limit[t])} ${limit.unit}`,
      }));
      const full = rows.filter((row) => row.full).map((row) => row.d);
      return draw(box, "limit", rows, `Use of ${limit.name} by ${data.noun}; ` + (full.length ? `used up from ${full.join(", ")}.` : "never used up."));
    },
    cost: (box) => draw(box, "cost", data.costs.map(([part, amount]) => ({
      part, amount, end: Math.max(amount, 0), sign: amount < 0 ? "credit" : "cost", label: format(amount, 0),
    })), "Cost by part: " + data.costs.map(([part, amount]) => `${part} ${format(amount, 0)}`).join(", ") + "."),
    frontier: (box) => {
      const field = box.dataset.field;
      const rows = data.frontier.map((point) => ({
        ...point, y: point[field],
        tip: `limit ${plain(point.limit)}\ncost ${plain(point.total)}\nbackorders ${plain(point.backorders)}` + (point.knee ? "\nthe knee" : ""),
      }));
      return draw(box, "frontier", rows, data.frontier_words);
    },
    backorders: (box) => {
      const { owed, lost } = data.backorders;
      const rows = data.dates.flatMap((d, t) => ["owed", "lost"].map((kind) => ({
        d, kind, units: data.backorders[kind][t],
        tip: `${data.noun} from ${d}\nowed ${plain(owed[t])}` + (lost.some(Boolean) ? `, lost ${plain(lost[t])}` : ""),
      })));
      const worst = largest(owed);
      return draw(box, "backorders", rows, `Units owed by ${data.noun}: most from ${data.dates[worst]}, ${plain(owed[worst])}; ${plain(owed[T - 1])} at the end.`);
    },
  };

  // ---- start --------------------------------------------------------------------------------------------------

  const tables = new Map();
  for (const section of document.querySelectorAll(".table")) {
    const table = new Table(section);
    tables.set(table.name, table);
  }
  const drawAll = async () => {
    if (tables.has("cells")) await choose(0, false);
    for (const box of document.querySelectorAll("[data-chart]")) {
      const kind = box.dataset.chart;
      if (others[kind]) await others[kind](box);
    }
    document.documentElement.dataset.drawn = "yes";
  };
  requestAnimationFrame(() => setTimeout(drawAll));

  // On paper everything is open; afterwards it is as it was.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
    for (const table of tables.values()) table.render(PRINTED);
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    for (const table of tables.values()) table.render();
  });
})();
