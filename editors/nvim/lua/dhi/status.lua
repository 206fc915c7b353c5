-- What the server says about itself, for status lines.
local M = {}

---@type table? the last payload of dhi-ls/status
M.last = nil

--- The handler of the notification.
function M.handler(_, result)
  M.last = result
  vim.schedule(function()
    vim.api.nvim_exec_autocmds('User', { pattern = 'DhiStatus', modeline = false })
    vim.cmd.redrawstatus()
  end)
end

--- The text for a buffer.
---@param bufnr integer
---@return string
function M.text(bufnr)
  if #vim.lsp.get_clients({ name = 'dhi_ls', bufnr = bufnr }) == 0 then
    return ''
  end
  if require('dhi.build').running(bufnr) then
    return 'DHI building'
  end
  local s = M.last
  if not s then
    return 'DHI'
  end
  local parts = { 'DHI' }
  if s.busy then
    table.insert(parts, s.message or 'busy')
  elseif s.health ~= 'ok' then
    table.insert(parts, s.message or s.health)
  elseif s.index and s.index.stale then
    table.insert(parts, 'index stale')
  end
  return table.concat(parts, ' ')
end

return M
