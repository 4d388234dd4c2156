-- What a person does in Neovim, as its own functions do it. Writes what it saw as JSON to the file in $DBOPS_SEEN, and quits.
local seen = {}

local function wait(what, probe)
  local ok = vim.wait(30000, function() return probe() and true or false end, 50)
  if not ok then error("waited in vain for " .. what) end
end

local function found(rule)
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    if diagnostic.code == rule then return diagnostic end
  end
end

local function request(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 20000) or {}
  for _, answer in pairs(answers) do
    if answer.err then error(answer.err.message) end
    return answer.result
  end
end

local function cursor_at(text)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search(text, "cW") > 0, text)
end

local ok, problem = pcall(function()
  vim.cmd("edit dump.yaml")
  wait("a diagnostic", function() return found("backup-pipe-hides-failure") end)
  local diagnostic = found("backup-pipe-hides-failure")
  seen.diagnostic = { line = diagnostic.lnum, source = diagnostic.source, message = diagnostic.message }

  -- A code action, chosen by its title as a person chooses it in the list.
  vim.ui.select = function(items, options, choose)
    for index, item in ipairs(items) do
      if options.format_item(item):find("pipefail", 1, true) then return choose(item, index) end
    end
    error("no such action")
  end
  cursor_at("pg_dump")
  vim.lsp.buf.code_action()
  wait("the edit", function() return vim.fn.search("pipefail", "nw") > 0 end)
  wait("the finding to go", function() return not found("backup-pipe-hides-failure") end)
  seen.edited = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")

  cursor_at("0 2 \\* \\* \\*")
  local hover = request("textDocument/hover", vim.lsp.util.make_position_params())
  seen.hover = vim.lsp.util.convert_input_to_markdown_lines(hover.contents)

  vim.cmd("silent! edit! shop.yaml")
  wait("the client", function() return next(vim.lsp.buf_get_clients(0)) end)
  cursor_at("orders-db:")
  vim.lsp.buf.definition()
  -- The Service and the database behind it: Neovim lists them.
  wait("the list", function() return #vim.fn.getqflist() > 0 end)
  seen.definition = {}
  for _, item in ipairs(vim.fn.getqflist()) do
    table.insert(seen.definition, { file = vim.fn.bufname(item.bufnr):match("[^/]*$"), text = item.text })
  end
end)
if not ok then seen.error = tostring(problem) end
vim.fn.writefile({ vim.fn.json_encode(seen) }, vim.env.DBOPS_SEEN)
vim.cmd("qall!")
