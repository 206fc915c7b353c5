-- Scratch buffers that are written to while they are read.
local M = {}

---@class dhi.Log
---@field bufnr integer
---@field partial string the line that has not ended yet
local Log = {}
Log.__index = Log

--- The buffer of a name, emptied.
---@param name string
---@return dhi.Log
function M.new(name)
  local bufnr = vim.fn.bufnr('^' .. vim.fn.escape(name, '[]*?\\') .. '$')
  if bufnr == -1 then
    bufnr = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(bufnr, name)
  end
  vim.bo[bufnr].bufhidden = 'hide'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, {})
  vim.bo[bufnr].modifiable = false
  return setmetatable({ bufnr = bufnr, partial = '' }, Log)
end

--- Shows the buffer in a window below and leaves the cursor where it is.
function Log:open()
  if #vim.fn.win_findbuf(self.bufnr) > 0 then
    return
  end
  local current = vim.api.nvim_get_current_win()
  vim.cmd('botright 12split')
  vim.api.nvim_win_set_buf(0, self.bufnr)
  vim.wo[0][0].number = false
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = self.bufnr, desc = 'Close the log' })
  vim.api.nvim_set_current_win(current)
end

--- Adds text as it comes. Windows at the end of the buffer follow it.
---@param text string
function Log:write(text)
  if not vim.api.nvim_buf_is_valid(self.bufnr) then
    return
  end
  local lines = vim.split(self.partial .. text:gsub('\r\n', '\n'), '\n', { plain = true })
  self.partial = lines[#lines]
  local last = vim.api.nvim_buf_line_count(self.bufnr)
  local followers = vim.tbl_filter(function(win)
    return vim.api.nvim_win_get_cursor(win)[1] == last
  end, vim.fn.win_findbuf(self.bufnr))
  vim.bo[self.bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(self.bufnr, last - 1, last, false, lines)
  vim.bo[self.bufnr].modifiable = false
  for _, win in ipairs(followers) do
    vim.api.nvim_win_set_cursor(win, { vim.api.nvim_buf_line_count(self.bufnr), 0 })
  end
end

return M
