-- What tests in a real Neovim share. Environment: DHI_LS (program), DHI_WS (a
-- copy of a folder of fixtures), DHI_PLUGIN.
local M = { plugin = vim.env.DHI_PLUGIN, ws = vim.env.DHI_WS, program = vim.env.DHI_LS, messages = {} }
vim.opt.runtimepath:prepend(M.plugin)
vim.cmd('filetype plugin indent on')
vim.cmd('syntax on')
vim.opt.swapfile = false
vim.cmd.runtime({ 'plugin/dhi.lua', bang = true })
vim.cmd.runtime({ 'ftdetect/dhi.lua', bang = true })

local failures, count = {}, 0
vim.notify = function(message)
  table.insert(M.messages, message)
end

function M.test(name, fn)
  count = count + 1
  local ok, err = xpcall(fn, debug.traceback)
  io.stdout:write(('\n%s %d %s\n'):format(ok and 'ok' or 'not ok', count, name))
  if not ok then
    table.insert(failures, name)
    io.stdout:write('  ' .. tostring(err):gsub('\n', '\n  ') .. '\n')
  end
end

--- Ends Neovim with the outcome.
function M.finish()
  io.stdout:write(('1..%d\n'):format(count))
  io.stdout:flush()
  vim.cmd(#failures == 0 and 'qall!' or 'cquit 1')
end

function M.equal(got, want, what)
  if not vim.deep_equal(got, want) then
    error(('%s: got %s, want %s'):format(what or 'value', vim.inspect(got), vim.inspect(want)), 2)
  end
end

--- Waits until fn gives something. context adds to the message of a failure.
function M.eventually(what, fn, context)
  local last
  local ok = vim.wait(60000, function()
    last = fn()
    return last
  end, 20)
  if not ok then
    error('never: ' .. what .. (context and '\n' .. context() or ''), 2)
  end
  return last
end

function M.open(name)
  local there = vim.fn.bufnr(vim.fs.joinpath(M.ws, name))
  if there ~= -1 then
    vim.cmd.bwipeout({ there, bang = true })
  end
  vim.cmd.edit(vim.fs.joinpath(M.ws, name))
  return vim.api.nvim_get_current_buf()
end

-- open_served opens a file and waits for the server to be attached to it.
function M.open_served(name)
  local bufnr = M.open(name)
  M.eventually('a client', function()
    local client = vim.lsp.get_clients({ name = 'dhi_ls', bufnr = bufnr })[1]
    return client and client.initialized
  end)
  return bufnr
end

function M.codes(bufnr)
  local list = vim.tbl_map(function(d)
    return d.code
  end, vim.diagnostic.get(bufnr))
  table.sort(list)
  return list
end

function M.clients(bufnr)
  return vim.lsp.get_clients({ name = 'dhi_ls', bufnr = bufnr })
end

function M.request(bufnr, method, params)
  local answers = vim.lsp.buf_request_sync(bufnr, method, params, 60000) or {}
  local answer = answers[next(answers)] or {}
  if answer.err then
    error(vim.inspect(answer.err))
  end
  return answer.result
end

function M.position(bufnr, line, character)
  return { textDocument = { uri = vim.uri_from_bufnr(bufnr) }, position = { line = line, character = character } }
end

function M.find(bufnr, text)
  for i, l in ipairs(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)) do
    local col = l:find(text, 1, true)
    if col then
      return i - 1, col - 1
    end
  end
  error('no ' .. text)
end

return M
