-- Restarting the server: when the user asks for it, and when it ended by
-- itself.
local M = {}

-- A server that ends more often than this, within this many milliseconds, is
-- not started again.
local MOST, WITHIN = 5, 3 * 60 * 1000

-- How Neovim stops a server by force.
local SIGTERM = 15

---@type integer[] when it ended, in milliseconds
local ends = {}

local function attach(buffers)
  for _, bufnr in ipairs(buffers) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      require('dhi').attach(bufnr)
    end
  end
end

--- Starts the server anew after it ended by itself, in the definitions that
--- are open.
---@param code integer
---@param signal integer
function M.ended(code, signal)
  local stopped = code == 0 and signal == 0 or signal == SIGTERM
  if vim.v.exiting ~= vim.NIL or stopped then
    return
  end
  local now = vim.uv.now()
  ends = vim.tbl_filter(function(at)
    return now - at < WITHIN
  end, ends)
  table.insert(ends, now)
  if #ends > MOST then
    vim.notify('dhi: the server keeps ending; :DhiLog! says why, :DhiRestart starts it again', vim.log.levels.ERROR)
    return
  end
  attach(vim.api.nvim_list_bufs())
end

--- Stops the servers and starts them anew in the buffers that they served.
function M.restart()
  local buffers = {}
  for _, client in ipairs(vim.lsp.get_clients({ name = 'dhi_ls' })) do
    vim.list_extend(buffers, vim.tbl_keys(client.attached_buffers))
    if vim.fn.has('nvim-0.11') == 1 then
      client:stop()
    else
      client.stop()
    end
  end
  if #buffers == 0 then
    buffers = vim.api.nvim_list_bufs() -- it had ended
  end
  ends = {}
  local timer = assert(vim.uv.new_timer())
  local left = 50
  timer:start(0, 100, vim.schedule_wrap(function()
    left = left - 1
    if timer:is_closing() or #vim.lsp.get_clients({ name = 'dhi_ls' }) > 0 and left > 0 then
      return
    end
    timer:close()
    attach(buffers)
  end))
end

return M
