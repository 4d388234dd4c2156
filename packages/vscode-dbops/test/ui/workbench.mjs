// What a person does in the workbench, by name.

/** Keys pressed before the editor has the focus are lost: try again. */
export async function retry(attempt, times = 6) {
  for (let left = times; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left <= 1) throw error;
    }
  }
}

/** The workbench in a page. */
export function workbench(page) {
  async function open(file) {
    await page.keyboard.press("Control+P");
    await page.locator(".quick-input-widget input").fill(file);
    await page.locator(".quick-input-list .monaco-list-row", { hasText: file }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".tab.active", { hasText: file }).waitFor();
  }

  async function goTo(lineNumber, column) {
    await page.keyboard.press("Control+G");
    await page.locator(".quick-input-widget input").fill(`:${lineNumber}:${column}`);
    await page.keyboard.press("Enter");
  }

  async function command(name) {
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget input").fill(`>${name}`);
    const label = page
      .locator(".quick-input-list .monaco-list-row .label-name")
      .getByText(name, { exact: true })
      .first();
    await label.waitFor();
    await label.click();
  }

  const line = (text) => page.locator(".monaco-editor .view-line", { hasText: text }).first();
  const problem = (text) => page.locator(".markers-panel .monaco-list-row", { hasText: text }).first();
  const row = (text) => page.locator(".action-widget .monaco-list-row", { hasText: text }).first();
  return { open, goTo, command, line, problem, row };
}
